"""API keys in a query parameter, a header or a cookie."""

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from straightway.security.base import SecurityBase
from straightway.spec import APIKey, APIKeyIn

__all__ = ["APIKeyBase", "APIKeyCookie", "APIKeyHeader", "APIKeyQuery"]


class APIKeyBase(SecurityBase):
    """Hold what the three places of an API key have in common."""

    model: APIKey  # narrower than in the base class on purpose

    def __init__(
        self,
        location: APIKeyIn,
        name: str,
        description: str | None,
        scheme_name: str | None,
        auto_error: bool,
    ) -> None:
        self.auto_error = auto_error
        self.model = APIKey.model_validate({"in": location, "name": name, "description": description})  # pyright: ignore[reportIncompatibleVariableOverride]
        self.scheme_name = scheme_name or type(self).__name__

    def make_not_authenticated_error(self) -> HTTPException:
        """Return what to raise when there is no key; override it to answer differently.

        RFC 9110, section 15.5.2, wants a challenge with every 401 and no scheme for API keys is registered, so
        this one says `APIKey`.
        """
        return HTTPException(
            status_code=401, detail="Not authenticated", headers={"WWW-Authenticate": "APIKey"}
        )

    def check_api_key(self, api_key: str | None) -> str | None:
        """Return the key; without one raise, or return `None` where `auto_error` is off."""
        if api_key:
            return api_key
        if self.auto_error:
            raise self.make_not_authenticated_error()
        return None


class APIKeyQuery(APIKeyBase):
    """Depend on this to receive the API key of a query parameter.

    Addresses end up in logs and browser histories: prefer `APIKeyHeader` where clients let you.
    """

    def __init__(
        self,
        *,
        name: str,
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        super().__init__(APIKeyIn.query, name, description, scheme_name, auto_error)

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Read the key from the query string."""
        return self.check_api_key(request.query_params.get(self.model.name))


class APIKeyHeader(APIKeyBase):
    """Depend on this to receive the API key of a header."""

    def __init__(
        self,
        *,
        name: str,
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        super().__init__(APIKeyIn.header, name, description, scheme_name, auto_error)

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Read the key from the header."""
        return self.check_api_key(request.headers.get(self.model.name))


class APIKeyCookie(APIKeyBase):
    """Depend on this to receive the API key of a cookie."""

    def __init__(
        self,
        *,
        name: str,
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        super().__init__(APIKeyIn.cookie, name, description, scheme_name, auto_error)

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Read the key from the cookie."""
        return self.check_api_key(request.cookies.get(self.model.name))
