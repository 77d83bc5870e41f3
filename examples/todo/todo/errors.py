"""What clients are told when something goes wrong: always a status and one `ErrorBody`."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from pydantic import BaseModel, Field
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from straightway import Request, Straightway
from straightway.exceptions import RequestValidationError
from straightway.responses import JSONResponse

logger = logging.getLogger("todo")


class ErrorDetail(BaseModel):
    """One of several things that are wrong with a request."""

    location: list[str | int] = Field(examples=[["body", "title"]])
    type: str = Field(examples=["string_too_long"])
    message: str = Field(examples=["String should have at most 200 characters"])


class ErrorBody(BaseModel):
    """The body of every answer that is not a success."""

    code: str = Field(description="For programs; it does not change.", examples=["invalid_request"])
    message: str = Field(description="For people.", examples=["The request is not valid."])
    details: list[ErrorDetail] = []


class ApiError(Exception):
    """The base of what this API refuses, each with its status, its code and its words."""

    status_code: ClassVar[int]
    code: ClassVar[str]
    message: ClassVar[str]
    headers: ClassVar[Mapping[str, str]] = {}


class NotAuthenticatedError(ApiError):
    """The request carries no token."""

    status_code = 401
    code = "not_authenticated"
    message = "Log in, and send the access token in the Authorization header."
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class InvalidTokenError(ApiError):
    """The token was not issued by this server, was changed, or belongs to nobody."""

    status_code = 401
    code = "invalid_token"
    message = "The access token is not valid."
    # RFC 6750, section 3.1.
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class ExpiredTokenError(InvalidTokenError):
    """The token was valid once."""

    code = "expired_token"
    message = "The access token has expired: log in again."


class InvalidCredentialsError(ApiError):
    """No user has this email and password; which of them is wrong is nobody's business."""

    status_code = 401
    code = "invalid_credentials"
    message = "The email or the password is wrong."
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}


class TodoNotFoundError(ApiError):
    """There is no such todo, or it is somebody else's: the answer must not tell which."""

    status_code = 404
    code = "todo_not_found"
    message = "You have no todo with this id."


class EmailTakenError(ApiError):
    """Somebody has registered with this address."""

    status_code = 409
    code = "email_taken"
    message = "There is already a user with this email."


class DatabaseUnavailableError(ApiError):
    """The database does not answer, or not as expected."""

    status_code = 503
    code = "database_unavailable"
    message = "The database cannot be reached at the moment."
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}


# What the framework refuses by itself.
CODES = {
    400: ("bad_request", "The request cannot be understood."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not accept this method."),
    413: ("content_too_large", "The body of the request is too large."),
    422: ("invalid_request", "The request is not valid."),
    500: ("internal_error", "The server made a mistake. It has been recorded under the id of the request."),
}

# For the documentation of endpoints.
MEANINGS = {
    401: "The access token is missing, invalid or expired",
    404: "The user has no such todo",
    409: "The email is taken",
    413: "The body is too large",
    422: "The request is not valid",
    503: "The database is unavailable",
}


def error_responses(*status_codes: int) -> dict[int | str, dict[str, Any]]:
    """Describe the errors of an endpoint, for its `responses=`."""
    return {status: {"model": ErrorBody, "description": MEANINGS[status]} for status in status_codes}


def refusal(
    status_code: int,
    *,
    details: Sequence[ErrorDetail] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return the answer for a status that explains itself."""
    code, message = CODES.get(status_code) or ("http_error", HTTPStatus(status_code).phrase)
    return _answer(status_code, ErrorBody(code=code, message=message, details=list(details)), headers)


def add_error_handlers(app: Straightway) -> None:
    """Give every error of the application the body described here."""
    app.add_exception_handler(ApiError, _on_api_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(OperationalError, _on_operational_error)


async def _on_api_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiError)
    return _answer(error.status_code, ErrorBody(code=error.code, message=error.message), error.headers)


async def _on_http_exception(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return refusal(error.status_code, headers=error.headers)


async def _on_invalid_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    # Without the rejected input: it may be a password, and it ends up in the logs of proxies.
    details = [
        ErrorDetail(location=list(item["loc"]), type=item["type"], message=item["msg"])
        for item in error.errors()
    ]
    return refusal(422, details=details)


async def _on_operational_error(request: Request, error: Exception) -> JSONResponse:
    logger.error("The database failed in request %s", request.state.request_id, exc_info=error)
    return await _on_api_error(request, DatabaseUnavailableError())


def _answer(status_code: int, body: ErrorBody, headers: Mapping[str, str] | None) -> JSONResponse:
    return JSONResponse(body.model_dump(), status_code, headers)
