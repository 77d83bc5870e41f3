"""Users register and prove who they are."""

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from todo.errors import EmailTakenError, InvalidCredentialsError
from todo.models import User
from todo.schemas import Email, UserCreate
from todo.security import hash_password, verify_password

_email = TypeAdapter[str](Email)


def register_user(session: Session, registration: UserCreate) -> User:
    """Store a new user; raises EmailTakenError."""
    password_hash = hash_password(registration.password.get_secret_value())
    user = User(email=registration.email, password_hash=password_hash)
    session.add(user)
    try:
        session.commit()
    except IntegrityError as error:
        # Looking first would not do: two registrations with one address may arrive together.
        raise EmailTakenError from error
    return user


def authenticate_user(session: Session, *, email: str, password: str) -> User:
    """Return the user with this email and password; raises InvalidCredentialsError, equally slowly for every reason."""
    user = _find_user(session, email)
    is_right, new_hash = verify_password(password, user.password_hash if user else None)
    if user is None or not is_right:
        raise InvalidCredentialsError
    if new_hash is not None:
        user.password_hash = new_hash
        session.commit()
    return user


def _find_user(session: Session, email: str) -> User | None:
    try:
        email = _email.validate_python(email)
    except ValidationError:
        return None
    return session.exec(select(User).where(User.email == email)).one_or_none()
