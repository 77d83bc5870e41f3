"""The exceptions that applications raise and handle."""

from straightway.errors import (
    DeclarationError,
    DependencyScopeError,
    EndpointContext,
    HTTPException,
    MissingDependencyError,
    Place,
    PydanticV1NotSupportedError,
    RequestErrorModel,
    RequestValidationError,
    ResponseValidationError,
    StraightwayDeprecationWarning,
    StraightwayError,
    ValidationException,
    WebSocketErrorModel,
    WebSocketException,
    WebSocketRequestValidationError,
)

__all__ = [
    "DeclarationError",
    "DependencyScopeError",
    "EndpointContext",
    "HTTPException",
    "MissingDependencyError",
    "Place",
    "PydanticV1NotSupportedError",
    "RequestErrorModel",
    "RequestValidationError",
    "ResponseValidationError",
    "StraightwayDeprecationWarning",
    "StraightwayError",
    "ValidationException",
    "WebSocketErrorModel",
    "WebSocketException",
    "WebSocketRequestValidationError",
]
