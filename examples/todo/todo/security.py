"""Passwords and access tokens."""

import secrets
from datetime import timedelta
from uuid import UUID

import jwt
from pwdlib import PasswordHash

from todo.errors import ExpiredTokenError, InvalidTokenError
from todo.models import utc_now
from todo.settings import Settings

ALGORITHM = "HS256"

_passwords = PasswordHash.recommended()  # Argon2id
# Of a password that nobody knows. Checking it takes as long as checking a user's, so that the time of an answer does
# not tell which addresses are registered.
_nobodys_hash = _passwords.hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """Return what may be stored; slow on purpose."""
    return _passwords.hash(password)


def verify_password(password: str, password_hash: str | None) -> tuple[bool, str | None]:
    """Tell whether the password is right, and a new hash to store if this one is weaker than we now make them.

    Without a hash the answer is no, after the same work.
    """
    return _passwords.verify_and_update(password, password_hash or _nobodys_hash)


def create_access_token(user_id: UUID, settings: Settings) -> str:
    """Return a token that proves, until it expires, to be this user."""
    now = utc_now()
    claims = {
        "sub": str(user_id),
        "iat": now,
        "exp": now + timedelta(minutes=settings.access_token_minutes),
    }
    return jwt.encode(claims, settings.secret_key.get_secret_value(), ALGORITHM)


def read_access_token(token: str, settings: Settings) -> UUID:
    """Return the id of the user whom the token was issued to; the user may have gone since."""
    try:
        claims = jwt.decode(
            token,
            settings.secret_key.get_secret_value(),
            # Ours alone: the header of the token must not choose how the token is checked (RFC 8725, section 3.1).
            algorithms=[ALGORITHM],
            options={"require": ["exp", "iat", "sub"]},
        )
        return UUID(claims["sub"])
    except jwt.ExpiredSignatureError as error:
        raise ExpiredTokenError from error
    except (jwt.InvalidTokenError, ValueError) as error:  # ValueError: a subject that is no id
        raise InvalidTokenError from error
