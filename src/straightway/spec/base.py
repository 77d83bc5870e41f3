"""What every object of the specification has in common, and the e-mail type one of them needs."""

import logging
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict
from pydantic_core import core_schema

__all__ = ["BaseModelWithConfig", "EmailStr", "UncheckedEmail"]


class BaseModelWithConfig(BaseModel):
    """Keep keys that the specification does not name."""

    # Some forty validators nest in one another here, and an application needs none of them before its
    # document is asked for; a security scheme builds only its own.
    model_config = ConfigDict(extra="allow", defer_build=True)


class UncheckedEmail(str):
    """Stand in for Pydantic's e-mail type where email-validator is not installed; accept any text."""

    __slots__ = ()

    @classmethod
    def accept(cls, value: str) -> str:
        """Return the text as it is and say once per value that nobody checked it."""
        logging.getLogger("straightway").warning(
            "the e-mail address %r was not checked because email-validator is not installed; "
            "to check it: pip install email-validator",
            value,
        )
        return value

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(cls.accept, core_schema.str_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, Any]:
        return {"type": "string", "format": "email"}


if TYPE_CHECKING:
    from pydantic import EmailStr
else:
    try:
        import email_validator  # noqa: F401 - Pydantic's type imports it, but only when the type is first used
    except ImportError:
        EmailStr = UncheckedEmail
    else:
        from pydantic import EmailStr
