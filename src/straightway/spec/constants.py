"""Words of the document that more than one place has to spell alike."""

from typing import Final

__all__ = ["METHODS_WITH_BODY", "REF_PREFIX", "REF_TEMPLATE"]

METHODS_WITH_BODY: Final = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"}
"""The methods whose body parameters are documented; bodies of the others are read all the same."""

REF_PREFIX: Final = "#/components/schemas/"
"""What every reference to a schema begins with."""

REF_TEMPLATE: Final = "#/components/schemas/{model}"
"""The same, as Pydantic's schema generator wants it."""
