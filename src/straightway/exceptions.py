"""The exceptions that applications raise and handle."""

from pydantic import BaseModel, create_model

from straightway.errors import (
    DeclarationError,
    DeclarationTypeError,
    DeclarationValueError,
    DependencyScopeError,
    EndpointContext,
    HTTPException,
    MissingDependencyError,
    Place,
    PydanticV1NotSupportedError,
    RequestValidationError,
    ResponseValidationError,
    StraightwayDeprecationWarning,
    StraightwayError,
    ValidationException,
    WebSocketException,
    WebSocketRequestValidationError,
)

__all__ = [
    "DeclarationError",
    "DeclarationTypeError",
    "DeclarationValueError",
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

RequestErrorModel: type[BaseModel] = create_model("Request")
"""The empty model that stands for the request as a whole, where only its name is read."""

WebSocketErrorModel: type[BaseModel] = create_model("WebSocket")
"""The empty model that stands for the WebSocket as a whole, where only its name is read."""
