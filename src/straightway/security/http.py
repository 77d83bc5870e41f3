"""Schemes of the `Authorization` header: Basic, Bearer, Digest, or any other (RFC 9110, section 11)."""

# ruff: noqa: N803  # `bearerFormat` is spelled as in the document

import binascii
from base64 import b64decode

from pydantic import BaseModel
from starlette.requests import HTTPConnection

from straightway.errors import HTTPException
from straightway.security.base import SecurityBase
from straightway.security.utils import get_authorization_scheme_param
from straightway.spec import HTTPBase as HTTPBaseModel
from straightway.spec import HTTPBearer as HTTPBearerModel

__all__ = [
    "HTTPAuthorizationCredentials",
    "HTTPBase",
    "HTTPBasic",
    "HTTPBasicCredentials",
    "HTTPBearer",
    "HTTPDigest",
]


class HTTPBasicCredentials(BaseModel):
    """What a client sent by HTTP Basic; compare with `secrets.compare_digest`, which takes equal time."""

    username: str
    password: str


class HTTPAuthorizationCredentials(BaseModel):
    """The two parts of an `Authorization` header; `scheme` is spelled as the client spelled it."""

    scheme: str
    credentials: str


class HTTPBase(SecurityBase):
    """Depend on this to receive the `Authorization` header in two parts, whatever its scheme."""

    model: HTTPBaseModel  # narrower than in the base class on purpose

    def __init__(
        self,
        *,
        scheme: str,
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        self.model = HTTPBaseModel(scheme=scheme, description=description)  # pyright: ignore[reportIncompatibleVariableOverride]
        self.scheme_name = scheme_name or type(self).__name__
        self.auto_error = auto_error

    def make_authenticate_headers(self) -> dict[str, str]:
        """Return the challenge that goes with a 401 (RFC 9110, section 11.6.1)."""
        return {"WWW-Authenticate": self.model.scheme.title()}

    def make_not_authenticated_error(self) -> HTTPException:
        """Return what to raise when the credentials are missing or wrong; override it to answer differently."""
        return HTTPException(
            status_code=401, detail="Not authenticated", headers=self.make_authenticate_headers()
        )

    async def __call__(self, request: HTTPConnection) -> HTTPAuthorizationCredentials | None:
        """Return scheme and credentials; without them raise, or return `None` where `auto_error` is off."""
        scheme, credentials = _authorization(request)
        if not (scheme and credentials):
            self._refuse_unless_optional()
            return None
        return HTTPAuthorizationCredentials(scheme=scheme, credentials=credentials)

    def _refuse_unless_optional(self) -> None:
        if self.auto_error:
            raise self.make_not_authenticated_error()

    def _credentials_of_own_scheme(self, request: HTTPConnection) -> HTTPAuthorizationCredentials | None:
        scheme, credentials = _authorization(request)
        if not credentials or scheme.lower() != self.model.scheme:
            self._refuse_unless_optional()
            return None
        return HTTPAuthorizationCredentials(scheme=scheme, credentials=credentials)


class HTTPBasic(HTTPBase):
    """Depend on this to receive user name and password of HTTP Basic (RFC 7617).

    A header that says Basic and cannot be decoded is an error even where `auto_error` is off: its sender meant
    to authenticate.
    """

    def __init__(
        self,
        *,
        scheme_name: str | None = None,
        realm: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        super().__init__(
            scheme="basic", scheme_name=scheme_name, description=description, auto_error=auto_error
        )
        self.realm = realm

    def make_authenticate_headers(self) -> dict[str, str]:
        """Return the challenge, with the realm if there is one."""
        challenge = f'Basic realm="{self.realm}"' if self.realm else "Basic"
        return {"WWW-Authenticate": challenge}

    # What comes back is not what the base class promises; FastAPI's interface has it so.
    async def __call__(self, request: HTTPConnection) -> HTTPBasicCredentials | None:  # type: ignore[override]
        """Return user name and password; without them raise, or return `None` where `auto_error` is off."""
        scheme, credentials = _authorization(request)
        if scheme.lower() != "basic":
            self._refuse_unless_optional()
            return None
        try:
            decoded = b64decode(credentials).decode("ascii")
        except (ValueError, UnicodeDecodeError, binascii.Error) as error:
            raise self.make_not_authenticated_error() from error
        username, separator, password = decoded.partition(":")
        if not separator:
            raise self.make_not_authenticated_error()
        return HTTPBasicCredentials(username=username, password=password)


class HTTPBearer(HTTPBase):
    """Depend on this to receive a bearer token (RFC 6750)."""

    model: HTTPBearerModel  # narrower than in the base class on purpose

    def __init__(
        self,
        *,
        bearerFormat: str | None = None,
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        super().__init__(
            scheme="bearer", scheme_name=scheme_name, description=description, auto_error=auto_error
        )
        self.model = HTTPBearerModel(bearerFormat=bearerFormat, description=description)  # pyright: ignore[reportIncompatibleVariableOverride]

    async def __call__(self, request: HTTPConnection) -> HTTPAuthorizationCredentials | None:
        """Return the token; without one raise, or return `None` where `auto_error` is off."""
        return self._credentials_of_own_scheme(request)


class HTTPDigest(HTTPBase):
    """Depend on this to receive the parameters of HTTP Digest (RFC 7616), unparsed and unverified."""

    def __init__(
        self,
        *,
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        super().__init__(
            scheme="digest", scheme_name=scheme_name, description=description, auto_error=auto_error
        )

    async def __call__(self, request: HTTPConnection) -> HTTPAuthorizationCredentials | None:
        """Return the parameters; without them raise, or return `None` where `auto_error` is off."""
        return self._credentials_of_own_scheme(request)


def _authorization(request: HTTPConnection) -> tuple[str, str]:
    return get_authorization_scheme_param(request.headers.get("authorization"))
