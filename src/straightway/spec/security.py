"""Security schemes: what a client has to present, and where it gets it."""

# ruff: noqa: N815  # the names are the specification's

from enum import Enum
from typing import Literal, TypeAlias

from pydantic import Field

from straightway.spec.base import BaseModelWithConfig

__all__ = [
    "APIKey",
    "APIKeyIn",
    "HTTPBase",
    "HTTPBearer",
    "OAuth2",
    "OAuthFlow",
    "OAuthFlowAuthorizationCode",
    "OAuthFlowClientCredentials",
    "OAuthFlowImplicit",
    "OAuthFlowPassword",
    "OAuthFlows",
    "OpenIdConnect",
    "SecurityBase",
    "SecurityScheme",
    "SecuritySchemeType",
]


class SecuritySchemeType(Enum):
    """The four kinds of scheme the specification knows."""

    apiKey = "apiKey"
    http = "http"
    oauth2 = "oauth2"
    openIdConnect = "openIdConnect"


class SecurityBase(BaseModelWithConfig):
    """What all schemes say about themselves."""

    type_: SecuritySchemeType = Field(alias="type")
    description: str | None = None


class APIKeyIn(Enum):
    """Where a request carries an API key."""

    query = "query"
    header = "header"
    cookie = "cookie"


class APIKey(SecurityBase):
    """A key under a name of the API's choosing."""

    type_: SecuritySchemeType = Field(default=SecuritySchemeType.apiKey, alias="type")
    in_: APIKeyIn = Field(alias="in")
    name: str


class HTTPBase(SecurityBase):
    """A scheme of the `Authorization` header (RFC 9110, section 11)."""

    type_: SecuritySchemeType = Field(default=SecuritySchemeType.http, alias="type")
    scheme: str


class HTTPBearer(HTTPBase):
    """Bearer tokens (RFC 6750); `bearerFormat` is a hint for readers, such as "JWT"."""

    scheme: Literal["bearer"] = "bearer"  # pyright: ignore[reportIncompatibleVariableOverride]  # narrower on purpose
    bearerFormat: str | None = None


class OAuthFlow(BaseModelWithConfig):
    """What all OAuth2 flows have: the scopes on offer and where to renew a token."""

    refreshUrl: str | None = None
    scopes: dict[str, str] = Field(default={})


class OAuthFlowImplicit(OAuthFlow):
    """The implicit grant (RFC 6749, section 4.2)."""

    authorizationUrl: str


class OAuthFlowPassword(OAuthFlow):
    """The resource owner password credentials grant (RFC 6749, section 4.3)."""

    tokenUrl: str


class OAuthFlowClientCredentials(OAuthFlow):
    """The client credentials grant (RFC 6749, section 4.4)."""

    tokenUrl: str


class OAuthFlowAuthorizationCode(OAuthFlow):
    """The authorization code grant (RFC 6749, section 4.1)."""

    authorizationUrl: str
    tokenUrl: str


class OAuthFlows(BaseModelWithConfig):
    """The flows by which a client can obtain a token."""

    implicit: OAuthFlowImplicit | None = None
    password: OAuthFlowPassword | None = None
    clientCredentials: OAuthFlowClientCredentials | None = None
    authorizationCode: OAuthFlowAuthorizationCode | None = None


class OAuth2(SecurityBase):
    """OAuth2 (RFC 6749) by the given flows."""

    type_: SecuritySchemeType = Field(default=SecuritySchemeType.oauth2, alias="type")
    flows: OAuthFlows


class OpenIdConnect(SecurityBase):
    """OpenID Connect, described by the discovery document at the given URL."""

    type_: SecuritySchemeType = Field(default=SecuritySchemeType.openIdConnect, alias="type")
    openIdConnectUrl: str


# HTTPBase would accept a bearer scheme too; Pydantic takes the member that more of the keys fit.
SecurityScheme: TypeAlias = APIKey | HTTPBase | OAuth2 | OpenIdConnect | HTTPBearer
