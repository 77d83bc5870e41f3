"""Logging in."""

from typing import Annotated

from straightway import APIRouter, Depends, Response
from straightway.security import OAuth2PasswordRequestForm
from todo.dependencies import HashingTurn, SessionDependency, SettingsDependency
from todo.errors import error_responses
from todo.schemas import Token
from todo.security import create_access_token
from todo.services import users

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/token", dependencies=[HashingTurn], responses=error_responses(401, 413, 422))
def log_in(
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    session: SessionDependency,
    settings: SettingsDependency,
    response: Response,
) -> Token:
    """Exchange the email (as `username`) and the password for an access token."""
    user = users.authenticate_user(session, email=form.username, password=form.password)
    # RFC 6749, section 5.1.
    response.headers["Cache-Control"] = "no-store"
    return Token(
        access_token=create_access_token(user.id, settings),
        expires_in=settings.access_token_minutes * 60,
    )
