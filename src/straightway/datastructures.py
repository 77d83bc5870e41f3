"""Uploaded files, the placeholder for "not given", and the data structures that Starlette provides."""

from typing import Any, Final, TypeVar, cast

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import any_schema, with_info_plain_validator_function
from starlette.datastructures import URL, Address, FormData, Headers, QueryParams, State
from starlette.datastructures import UploadFile as StarletteUploadFile

__all__ = [
    "URL",
    "Address",
    "Default",
    "DefaultPlaceholder",
    "FormData",
    "Headers",
    "QueryParams",
    "State",
    "UploadFile",
]


class UploadFile(StarletteUploadFile):
    """Declare a parameter that receives an uploaded file.

    The value at run time is the object that Starlette's form parser made, with the same interface:
    awaitable `read`, `write`, `seek` and `close`, and the attributes `file`, `filename`, `size`,
    `headers` and `content_type`. It is closed after the response and its background tasks.
    """

    @classmethod
    def _validate(cls, value: Any, _info: Any = None, /) -> "UploadFile":
        if not isinstance(value, StarletteUploadFile):
            raise ValueError(f"Expected UploadFile, received: {type(value)}")  # noqa: TRY004  # Pydantic reports ValueError only
        # True for every caller that sticks to the common interface, which this class does not extend.
        return cast("UploadFile", value)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return with_info_plain_validator_function(cls._validate, json_schema_input_schema=any_schema())

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        own = {"type": "string", "contentMediaType": "application/octet-stream"}
        # What a parameter says of the file is in what the handler returns; it knows nothing of files in answers.
        return {**handler(core_schema), **own} if handler.mode == "validation" else own


class DefaultPlaceholder:
    """Mark a value as the framework's own default, so that one the user gave can override it.

    As true as its value; equal only to another placeholder of an equal value.
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __bool__(self) -> bool:
        return bool(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DefaultPlaceholder) and bool(self.value == other.value)

    # Equality compares values that need not be hashable.
    __hash__ = None  # type: ignore[assignment]  # the documented way to make a class unhashable

    def __repr__(self) -> str:
        return f"Default({self.value!r})"


DefaultType = TypeVar("DefaultType")


def Default(value: DefaultType) -> DefaultType:  # noqa: N802  # the name is FastAPI's
    """Wrap `value` as a default that counts as "not given"; typed as the value it stands for."""
    return cast("DefaultType", DefaultPlaceholder(value))


_Unset: Final[Any] = Default(None)
"""The default of options that may be left out where `None` is a value of its own."""
