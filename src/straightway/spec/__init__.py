"""OpenAPI 3.1 as Pydantic models, and nothing else.

The generator builds plain dictionaries and sends them through `OpenAPI`, so these classes decide which keys
a document may carry, in which order a schema's keys come out, and what is said about a wrong value. Every
object takes additional keys, because the specification (https://spec.openapis.org/oas/v3.1.0) allows
extensions nearly everywhere; only `Reference` and `Discriminator` drop them.

Names that Python or Pydantic claims carry a trailing underscore and the specification's word as alias:
`in_`, `type_`, `not_`, `if_`, `else_`, `schema_`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from straightway.spec.base import BaseModelWithConfig, EmailStr
    from straightway.spec.constants import METHODS_WITH_BODY, REF_PREFIX, REF_TEMPLATE
    from straightway.spec.document import (
        Components,
        Contact,
        Info,
        License,
        OpenAPI,
        Tag,
    )
    from straightway.spec.examples import Example
    from straightway.spec.operations import (
        Encoding,
        Header,
        Link,
        MediaType,
        Operation,
        Parameter,
        ParameterBase,
        ParameterInType,
        PathItem,
        RequestBody,
        Response,
        Server,
        ServerVariable,
    )
    from straightway.spec.schemas import (
        XML,
        Discriminator,
        ExternalDocumentation,
        Reference,
        Schema,
        SchemaOrBool,
        SchemaType,
    )
    from straightway.spec.security import (
        APIKey,
        APIKeyIn,
        HTTPBase,
        HTTPBearer,
        OAuth2,
        OAuthFlow,
        OAuthFlowAuthorizationCode,
        OAuthFlowClientCredentials,
        OAuthFlowImplicit,
        OAuthFlowPassword,
        OAuthFlows,
        OpenIdConnect,
        SecurityBase,
        SecurityScheme,
        SecuritySchemeType,
    )

_HOMES = {
    "APIKey": "straightway.spec.security",
    "APIKeyIn": "straightway.spec.security",
    "BaseModelWithConfig": "straightway.spec.base",
    "Components": "straightway.spec.document",
    "Contact": "straightway.spec.document",
    "Discriminator": "straightway.spec.schemas",
    "EmailStr": "straightway.spec.base",
    "Encoding": "straightway.spec.operations",
    "Example": "straightway.spec.examples",
    "ExternalDocumentation": "straightway.spec.schemas",
    "HTTPBase": "straightway.spec.security",
    "HTTPBearer": "straightway.spec.security",
    "Header": "straightway.spec.operations",
    "Info": "straightway.spec.document",
    "License": "straightway.spec.document",
    "Link": "straightway.spec.operations",
    "METHODS_WITH_BODY": "straightway.spec.constants",
    "MediaType": "straightway.spec.operations",
    "OAuth2": "straightway.spec.security",
    "OAuthFlow": "straightway.spec.security",
    "OAuthFlowAuthorizationCode": "straightway.spec.security",
    "OAuthFlowClientCredentials": "straightway.spec.security",
    "OAuthFlowImplicit": "straightway.spec.security",
    "OAuthFlowPassword": "straightway.spec.security",
    "OAuthFlows": "straightway.spec.security",
    "OpenAPI": "straightway.spec.document",
    "OpenIdConnect": "straightway.spec.security",
    "Operation": "straightway.spec.operations",
    "Parameter": "straightway.spec.operations",
    "ParameterBase": "straightway.spec.operations",
    "ParameterInType": "straightway.spec.operations",
    "PathItem": "straightway.spec.operations",
    "REF_PREFIX": "straightway.spec.constants",
    "REF_TEMPLATE": "straightway.spec.constants",
    "Reference": "straightway.spec.schemas",
    "RequestBody": "straightway.spec.operations",
    "Response": "straightway.spec.operations",
    "Schema": "straightway.spec.schemas",
    "SchemaOrBool": "straightway.spec.schemas",
    "SchemaType": "straightway.spec.schemas",
    "SecurityBase": "straightway.spec.security",
    "SecurityScheme": "straightway.spec.security",
    "SecuritySchemeType": "straightway.spec.security",
    "Server": "straightway.spec.operations",
    "ServerVariable": "straightway.spec.operations",
    "Tag": "straightway.spec.document",
    "XML": "straightway.spec.schemas",
}

__all__ = [
    "METHODS_WITH_BODY",
    "REF_PREFIX",
    "REF_TEMPLATE",
    "XML",
    "APIKey",
    "APIKeyIn",
    "BaseModelWithConfig",
    "Components",
    "Contact",
    "Discriminator",
    "EmailStr",
    "Encoding",
    "Example",
    "ExternalDocumentation",
    "HTTPBase",
    "HTTPBearer",
    "Header",
    "Info",
    "License",
    "Link",
    "MediaType",
    "OAuth2",
    "OAuthFlow",
    "OAuthFlowAuthorizationCode",
    "OAuthFlowClientCredentials",
    "OAuthFlowImplicit",
    "OAuthFlowPassword",
    "OAuthFlows",
    "OpenAPI",
    "OpenIdConnect",
    "Operation",
    "Parameter",
    "ParameterBase",
    "ParameterInType",
    "PathItem",
    "Reference",
    "RequestBody",
    "Response",
    "Schema",
    "SchemaOrBool",
    "SchemaType",
    "SecurityBase",
    "SecurityScheme",
    "SecuritySchemeType",
    "Server",
    "ServerVariable",
    "Tag",
]


def __getattr__(name: str) -> Any:
    """Import a name when it is first used.

    PERF: an application needs no model before its document is asked for or it has a security scheme, and the models need
    email-validator: importing the framework takes 370 instead of 477 ms on 3.11, benchmarks (import).
    """
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
