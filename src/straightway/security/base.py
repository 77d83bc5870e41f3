"""What makes a dependency a security scheme."""

from straightway.spec import SecurityBase as SchemeModel

__all__ = ["SecurityBase"]


class SecurityBase:
    """Derive from this to have a dependency listed among the document's security schemes.

    It adds no behaviour. A subclass is called with the connection like any dependency, and must have `model`,
    what the document says about the scheme, and `scheme_name`, the key it says it under.
    """

    model: SchemeModel
    scheme_name: str
