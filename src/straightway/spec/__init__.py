"""OpenAPI 3.1 as Pydantic models, and nothing else.

The generator builds plain dictionaries and sends them through `OpenAPI`, so these classes decide which keys
a document may carry, in which order a schema's keys come out, and what is said about a wrong value. Every
object takes additional keys, because the specification (https://spec.openapis.org/oas/v3.1.0) allows
extensions nearly everywhere; only `Reference` and `Discriminator` drop them.

Names that Python or Pydantic claims carry a trailing underscore and the specification's word as alias:
`in_`, `type_`, `not_`, `if_`, `else_`, `schema_`.
"""

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
from straightway.spec.operations import (
    Encoding,
    Example,
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
