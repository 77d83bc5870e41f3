"""What endpoints ask for."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated
from uuid import UUID

from sqlmodel import Session

from straightway import Depends, Request
from straightway.security import OAuth2PasswordBearer
from todo.database import CONNECTIONS
from todo.errors import InvalidTokenError, NotAuthenticatedError
from todo.models import User
from todo.security import read_access_token
from todo.settings import Settings

# Without auto_error, so that a missing token is answered in the words of `errors`.
bearer = OAuth2PasswordBearer("auth/token", auto_error=False)


def get_settings(request: Request) -> Settings:
    """Return the settings that the application was made with."""
    settings: Settings = request.state.settings
    return settings


def get_session(request: Request) -> Iterator[Session]:
    """Open a session for this request; services commit, and what they did not commit is rolled back.

    Sessions and endpoints are synchronous: they run in worker threads, as hashing a password must anyway, the code
    reads from top to bottom, and both databases have a mature driver for it.
    """
    # Objects stay readable after the commit, so the connection need not be taken again to answer with them.
    with Session(request.state.engine, expire_on_commit=False) as session:
        yield session


async def hash_in_turn() -> AsyncIterator[None]:
    """Wait until fewer than four requests are hashing passwords."""
    yield


SettingsDependency = Annotated[Settings, Depends(get_settings)]

# scope="function" closes the session before the answer is sent: a slow client does not occupy a connection.
# max_concurrency makes requests wait here, where they hold nothing, and not in a worker thread for a connection that
# is held by a request which itself waits for a worker thread.
SessionDependency = Annotated[Session, Depends(get_session, scope="function", max_concurrency=CONNECTIONS)]

# Argon2 takes 64 MiB and some 50 ms of all cores. Without a limit, a few dozen logins at once exhaust the memory; and
# waiting before the session is opened, they leave the connections to those who are already logged in.
HashingTurn = Depends(hash_in_turn, scope="function", max_concurrency=4)


def get_user_id(token: Annotated[str | None, Depends(bearer)], settings: SettingsDependency) -> UUID:
    """Return whom the token was issued to, without asking the database."""
    if token is None:
        raise NotAuthenticatedError
    return read_access_token(token, settings)


def get_current_user(user_id: Annotated[UUID, Depends(get_user_id)], session: SessionDependency) -> User:
    """Return the user who sends the request."""
    user = session.get(User, user_id)
    if user is None:
        raise InvalidTokenError
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]
