"""OAuth2 (RFC 6749): tokens in the `Authorization` header, the form that asks for one, and scopes."""

# ruff: noqa: N803  # `tokenUrl` and its like are spelled as in the document

from typing import Annotated, Any

from starlette.requests import HTTPConnection

from straightway.declare.schemes import SecurityScopes
from straightway.errors import HTTPException
from straightway.param_functions import Form
from straightway.security.base import SecurityBase
from straightway.security.utils import get_authorization_scheme_param
from straightway.spec import (
    OAuth2 as OAuth2Model,
)
from straightway.spec import (
    OAuthFlowAuthorizationCode,
    OAuthFlowPassword,
    OAuthFlows,
)

__all__ = [
    "OAuth2",
    "OAuth2AuthorizationCodeBearer",
    "OAuth2PasswordBearer",
    "OAuth2PasswordRequestForm",
    "OAuth2PasswordRequestFormStrict",
    "SecurityScopes",
]


class OAuth2PasswordRequestForm:
    """Depend on this to receive the form by which a client exchanges a password for a token.

    The form is that of RFC 6749, section 4.3.2, except that `grant_type` may be left out and that client
    credentials are accepted in the form as well as in the header (section 2.3.1). `scopes` is the list that
    the standard's space-separated `scope` stands for.
    """

    def __init__(
        self,
        *,
        grant_type: Annotated[str | None, Form(pattern="^password$")] = None,
        username: Annotated[str, Form()],
        password: Annotated[str, Form(json_schema_extra={"format": "password"})],
        scope: Annotated[str, Form()] = "",
        client_id: Annotated[str | None, Form()] = None,
        client_secret: Annotated[str | None, Form(json_schema_extra={"format": "password"})] = None,
    ) -> None:
        self.grant_type = grant_type
        self.username = username
        self.password = password
        self.scopes = scope.split()
        self.client_id = client_id
        self.client_secret = client_secret


class OAuth2PasswordRequestFormStrict(OAuth2PasswordRequestForm):
    """Depend on this to receive the same form with `grant_type` required, as the standard has it."""

    def __init__(
        self,
        grant_type: Annotated[str, Form(pattern="^password$")],
        username: Annotated[str, Form()],
        password: Annotated[str, Form()],
        scope: Annotated[str, Form()] = "",
        client_id: Annotated[str | None, Form()] = None,
        client_secret: Annotated[str | None, Form()] = None,
    ) -> None:
        super().__init__(
            grant_type=grant_type,
            username=username,
            password=password,
            scope=scope,
            client_id=client_id,
            client_secret=client_secret,
        )


class OAuth2(SecurityBase):
    """Depend on this to receive the `Authorization` header as it is, whatever the flows.

    The subclasses of this module take it apart; derive from this class for a flow they do not cover.
    """

    model: OAuth2Model  # narrower than in the base class on purpose

    def __init__(
        self,
        *,
        flows: OAuthFlows | dict[str, dict[str, Any]] = OAuthFlows(),  # noqa: B008  # never changed
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        self.model = OAuth2Model.model_validate({"flows": flows, "description": description})  # pyright: ignore[reportIncompatibleVariableOverride]
        self.scheme_name = scheme_name or type(self).__name__
        self.auto_error = auto_error

    def make_not_authenticated_error(self) -> HTTPException:
        """Return what to raise when there is no token; override it to answer differently.

        RFC 6750, section 3, is for bearer tokens, which is what OAuth2 tokens are in practice; nothing better
        is known here.
        """
        return HTTPException(
            status_code=401, detail="Not authenticated", headers={"WWW-Authenticate": "Bearer"}
        )

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the whole header; without it raise, or return `None` where `auto_error` is off."""
        authorization = request.headers.get("authorization")
        if authorization:
            return authorization
        self._refuse_unless_optional()
        return None

    def _refuse_unless_optional(self) -> None:
        if self.auto_error:
            raise self.make_not_authenticated_error()

    def _bearer_token(self, request: HTTPConnection) -> str | None:
        scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
        if scheme.lower() != "bearer":
            self._refuse_unless_optional()
            return None
        return token


class OAuth2PasswordBearer(OAuth2):
    """Depend on this to receive the bearer token that the password flow (RFC 6749, section 4.3) handed out.

    `tokenUrl` is where the client sends the password form, relative to where the document is served.
    The token is not verified: that is the application's part.
    """

    def __init__(
        self,
        tokenUrl: str,
        scheme_name: str | None = None,
        scopes: dict[str, str] | None = None,
        description: str | None = None,
        auto_error: bool = True,
        refreshUrl: str | None = None,
    ) -> None:
        flow = OAuthFlowPassword(tokenUrl=tokenUrl, refreshUrl=refreshUrl, scopes=scopes or {})
        super().__init__(
            flows=OAuthFlows(password=flow),
            scheme_name=scheme_name,
            description=description,
            auto_error=auto_error,
        )

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the token; without one raise, or return `None` where `auto_error` is off."""
        return self._bearer_token(request)


class OAuth2AuthorizationCodeBearer(OAuth2):
    """Depend on this to receive the bearer token of the authorization code flow (RFC 6749, section 4.1).

    The token is not verified: that is the application's part.
    """

    def __init__(
        self,
        authorizationUrl: str,
        tokenUrl: str,
        refreshUrl: str | None = None,
        scheme_name: str | None = None,
        scopes: dict[str, str] | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        flow = OAuthFlowAuthorizationCode(
            authorizationUrl=authorizationUrl, tokenUrl=tokenUrl, refreshUrl=refreshUrl, scopes=scopes or {}
        )
        super().__init__(
            flows=OAuthFlows(authorizationCode=flow),
            scheme_name=scheme_name,
            description=description,
            auto_error=auto_error,
        )

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the token; without one raise, or return `None` where `auto_error` is off."""
        return self._bearer_token(request)
