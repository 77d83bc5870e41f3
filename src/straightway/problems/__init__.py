"""Problem details (RFC 9457): errors as typed classes, the usual ones ready-made, and what declares them."""

from straightway.problems.problem import Problem
from straightway.problems.raising import raises
from straightway.problems.ready_made import (
    BadGateway,
    BadRequest,
    Conflict,
    Forbidden,
    GatewayTimeout,
    Gone,
    InternalServerError,
    InvalidRequest,
    InvalidValue,
    NotFound,
    PaymentRequired,
    PreconditionFailed,
    PreconditionRequired,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    UnprocessableContent,
    UnsupportedMediaType,
)

__all__ = [
    "BadGateway",
    "BadRequest",
    "Conflict",
    "Forbidden",
    "GatewayTimeout",
    "Gone",
    "InternalServerError",
    "InvalidRequest",
    "InvalidValue",
    "NotFound",
    "PaymentRequired",
    "PreconditionFailed",
    "PreconditionRequired",
    "Problem",
    "ServiceUnavailable",
    "TooManyRequests",
    "Unauthorized",
    "UnprocessableContent",
    "UnsupportedMediaType",
    "raises",
]
