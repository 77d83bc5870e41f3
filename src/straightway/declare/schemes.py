"""What analysis has to know of security schemes; the schemes themselves are in `straightway.security`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from straightway.spec import SecurityBase as SchemeModel

__all__ = ["SecurityBase", "SecurityScopes"]


class SecurityBase:
    """Derive from this to have a dependency listed among the document's security schemes.

    It adds no behaviour. A subclass is called with the connection like any dependency, and must have `model`,
    what the document says about the scheme, and `scheme_name`, the key it says it under.
    """

    model: SchemeModel
    scheme_name: str


class SecurityScopes:
    """Declare a parameter of this type to receive the scopes that `Security()` asked for on the way here.

    `scopes` lists them from the endpoint inwards; `scope_str` is the same as the standard's
    space-separated `scope` (RFC 6749, section 3.3), for a `WWW-Authenticate` header.
    """

    def __init__(self, scopes: list[str] | None = None) -> None:
        self.scopes: list[str] = scopes or []
        self.scope_str: str = " ".join(self.scopes)
