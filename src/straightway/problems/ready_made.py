"""Problems that say no more than their status, and the one for requests that do not fit their declaration."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from straightway.problems.problem import Problem


class BadRequest(Problem):
    """The server cannot make sense of the request (RFC 9110, section 15.5.1)."""

    status = 400


class Unauthorized(Problem):
    """The request has no valid credentials; WWW-Authenticate says which are wanted (RFC 9110, section 15.5.2)."""

    status = 401


class PaymentRequired(Problem):
    """Something has to be paid first (RFC 9110, section 15.5.3)."""

    status = 402


class Forbidden(Problem):
    """Whoever sent the request may not do that (RFC 9110, section 15.5.4)."""

    status = 403


class NotFound(Problem):
    """There is nothing here, or nothing to be shown (RFC 9110, section 15.5.5)."""

    status = 404


class Conflict(Problem):
    """The request does not go with the present state of things (RFC 9110, section 15.5.10)."""

    status = 409


class Gone(Problem):
    """What was here has been removed for good (RFC 9110, section 15.5.11)."""

    status = 410


class PreconditionFailed(Problem):
    """A condition in the headers of the request does not hold (RFC 9110, section 15.5.13)."""

    status = 412


class UnsupportedMediaType(Problem):
    """The content of the request has a format that is not read here (RFC 9110, section 15.5.16)."""

    status = 415


class UnprocessableContent(Problem):
    """The request is well-formed, and its instructions cannot be followed (RFC 9110, section 15.5.21)."""

    status = 422


class PreconditionRequired(Problem):
    """The request must be conditional, so that no change of others is lost (RFC 6585, section 3)."""

    status = 428


class TooManyRequests(Problem):
    """Too many requests were sent; Retry-After may say when to come back (RFC 6585, section 4)."""

    status = 429


class InternalServerError(Problem):
    """Something went wrong that the client cannot help (RFC 9110, section 15.6.1)."""

    status = 500


class BadGateway(Problem):
    """Another server, which was asked for this, gave no valid answer (RFC 9110, section 15.6.3)."""

    status = 502


class ServiceUnavailable(Problem):
    """The server cannot do this just now; Retry-After may say when it can (RFC 9110, section 15.6.4)."""

    status = 503


class GatewayTimeout(Problem):
    """Another server, which was asked for this, gave no answer in time (RFC 9110, section 15.6.5)."""

    status = 504


class InvalidValue(TypedDict):
    """What is wrong with one value of a request, and where it is."""

    detail: str
    """What is wrong, for people."""
    type: NotRequired[str]
    """What is wrong, for programs: Pydantic's name of the error, such as `missing`."""
    location: NotRequired[Literal["body", "path", "query", "header", "cookie"]]
    """The part of the request."""
    name: NotRequired[str]
    """The parameter, where it is not in the body."""
    pointer: NotRequired[str]
    """Where in the body, or in the value of the parameter: a JSON Pointer as a URI fragment (RFC 6901, section 6)."""
    position: NotRequired[int]
    """The character at which a body is no JSON any more."""


class InvalidRequest(Problem):
    """The request does not fit the declaration of the operation."""

    status = 422
    errors: list[InvalidValue]
