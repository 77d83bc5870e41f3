"""OpenID Connect by its discovery document."""

# ruff: noqa: N803  # `openIdConnectUrl` is spelled as in the document

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from straightway.security.base import SecurityBase
from straightway.spec import OpenIdConnect as OpenIdConnectModel

__all__ = ["OpenIdConnect"]


class OpenIdConnect(SecurityBase):
    """Depend on this to receive the `Authorization` header of a client of OpenID Connect.

    It says where the discovery document is and verifies nothing: checking the token is the application's part.
    """

    model: OpenIdConnectModel  # narrower than in the base class on purpose

    def __init__(
        self,
        *,
        openIdConnectUrl: str,
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        self.model = OpenIdConnectModel(openIdConnectUrl=openIdConnectUrl, description=description)  # pyright: ignore[reportIncompatibleVariableOverride]
        self.scheme_name = scheme_name or type(self).__name__
        self.auto_error = auto_error

    def make_not_authenticated_error(self) -> HTTPException:
        """Return what to raise when there is no header; override it to answer differently."""
        return HTTPException(
            status_code=401, detail="Not authenticated", headers={"WWW-Authenticate": "Bearer"}
        )

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the whole header; without it raise, or return `None` where `auto_error` is off."""
        authorization = request.headers.get("authorization")
        if not authorization and self.auto_error:
            raise self.make_not_authenticated_error()
        return authorization or None
