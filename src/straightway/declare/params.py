"""Markers that say which part of a request a parameter is read from: Path, Query, Header, Cookie, Body, Form, File.

Each is a Pydantic `FieldInfo`, so that constraints and schema keywords mean what they mean in a model.
Pydantic declares that class final to type checkers (not to Python); code written for FastAPI, which expects
these markers to be instances of it, leaves no choice but to subclass it all the same.
The functions of the same names that users call are in `straightway.param_functions`.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, ClassVar, Literal, TypedDict, Unpack

from pydantic import AliasChoices, AliasPath, Discriminator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined as Undefined
from typing_extensions import deprecated

from straightway.datastructures import _Unset
from straightway.declare.keywords import refuse_unknown_keywords, spell_out
from straightway.errors import DeclarationError, calling_place, warn_deprecated
from straightway.spec import Example

__all__ = [
    "Body",
    "Cookie",
    "File",
    "Form",
    "Header",
    "Marker",
    "MarkerOptions",
    "Param",
    "ParamTypes",
    "Path",
    "Query",
    "Undefined",
]


class ParamTypes(Enum):
    """The parts of a request, apart from its body, that parameters are read from."""

    query = "query"
    header = "header"
    path = "path"
    cookie = "cookie"


class MarkerOptions(TypedDict, total=False):
    """What every marker accepts. An option that is left out leaves the matter to Pydantic."""

    default_factory: Callable[[], Any] | None
    """Makes a fresh default for each request that lacks the value; excludes a default."""
    alias: str | None
    """The name in the request and in the schema, in place of the parameter's own."""
    alias_priority: int | None
    """2 keeps the alias against an alias generator, 1 lets the generator override it."""
    validation_alias: str | AliasPath | AliasChoices | None
    """The name, or names in order of preference, that the request may use; overrides `alias`."""
    serialization_alias: str | None
    """The name on output, which requests never use; defaults to `alias`."""
    title: str | None
    """A short name for people, in the schema."""
    description: str | None
    """What the value means, in the schema; CommonMark."""
    gt: float | None
    """The value must be greater than this."""
    ge: float | None
    """The value must be at least this."""
    lt: float | None
    """The value must be less than this."""
    le: float | None
    """The value must be at most this."""
    min_length: int | None
    """The fewest characters or items."""
    max_length: int | None
    """The most characters or items."""
    pattern: str | re.Pattern[str] | None
    """A regular expression that must be found in the string."""
    regex: str | None
    """The former name of `pattern`; warns."""
    discriminator: str | Discriminator | None
    """The field that tells the members of a tagged union apart."""
    strict: bool | None
    """Refuse values of another type, even those that could be converted."""
    validate_default: bool | None
    """Validate the default as well, which otherwise is trusted."""
    union_mode: Literal["smart", "left_to_right"] | None
    """How a member of a union is chosen: the best fit, or the first."""
    fail_fast: bool | None
    """Stop at the first invalid item of a sequence."""
    multiple_of: float | None
    """The value must be a multiple of this."""
    allow_inf_nan: bool | None
    """Whether infinity and not-a-number are allowed."""
    max_digits: int | None
    """The most digits of a decimal number."""
    decimal_places: int | None
    """The most digits behind the decimal point."""
    examples: list[Any] | None
    """Example values, in the JSON schema of the parameter."""
    example: Any
    """The former singular of `examples`; warns."""
    openapi_examples: Mapping[str, Example] | None
    """OpenAPI Example Objects by name, beside the JSON schema; documentation pages show them."""
    deprecated: deprecated | str | bool | None
    """Mark the parameter as deprecated in the schema."""
    include_in_schema: bool
    """Whether the parameter appears in the OpenAPI document."""
    json_schema_extra: dict[str, Any] | None
    """Further keywords for the JSON schema."""


_OPTION_NAMES = frozenset(MarkerOptions.__annotations__)

# Kept beside the Pydantic field, which would not know what to do with them.
_OWN_OPTIONS = frozenset({"regex", "example", "openapi_examples", "include_in_schema"})


MARKER_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(MarkerOptions.__optional_keys__, _Unset),
    **dict.fromkeys(
        ("gt", "ge", "lt", "le", "min_length", "max_length", "pattern", "regex", "openapi_examples")
    ),
    "include_in_schema": True,
}
"""What signatures show for options that may be left out."""


class Marker(FieldInfo):  # type: ignore[misc]  # FieldInfo is final
    """What all markers have in common."""

    example: Any
    openapi_examples: Mapping[str, Example] | None
    include_in_schema: bool

    @spell_out(MarkerOptions, MARKER_DEFAULTS)
    def __init__(
        self, default: Any = Undefined, *, annotation: Any = None, **options: Unpack[MarkerOptions]
    ) -> None:
        given = _given(type(self).__name__, options)
        self.example = given.get("example", _Unset)
        self.openapi_examples = given.get("openapi_examples")
        self.include_in_schema = given.get("include_in_schema", True)
        for_pydantic = {name: value for name, value in given.items() if name not in _OWN_OPTIONS}
        super().__init__(default=default, annotation=annotation, **_with_aliases(for_pydantic))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.default})"


def _given(owner: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that say something, with former names replaced by today's."""
    refuse_unknown_keywords(owner, options, _OPTION_NAMES)
    given = {name: value for name, value in options.items() if value is not _Unset}
    if "example" in given:
        warn_deprecated("`example` has been deprecated, please use `examples` instead")
    if given.get("regex") is not None:
        warn_deprecated("`regex` has been deprecated, please use `pattern` instead")
        if given.get("pattern") is None:
            given["pattern"] = given["regex"]
    return given


def _with_aliases(options: dict[str, Any]) -> dict[str, Any]:
    """Let `alias` stand in for the validation and serialization aliases that were not given."""
    if "alias" not in options:
        if options.get("validation_alias", _Unset) is None:
            del options["validation_alias"]
        return options
    if options.get("validation_alias") is None:
        options["validation_alias"] = options["alias"]
    if options.get("serialization_alias") is None and options["alias"] is not None:
        options["serialization_alias"] = options["alias"]
    return options


class Param(Marker):  # type: ignore[misc]  # FieldInfo is final
    """A value read from the path, the query string, the headers or the cookies."""

    in_: ClassVar[ParamTypes]


class Path(Param):  # type: ignore[misc]  # FieldInfo is final
    """A value read from the path; always required."""

    in_ = ParamTypes.path

    @spell_out(MarkerOptions, MARKER_DEFAULTS)
    def __init__(
        self, default: Any = ..., *, annotation: Any = None, **options: Unpack[MarkerOptions]
    ) -> None:
        if default is not ...:
            raise DeclarationError(
                "Path parameters cannot have a default value",
                at=calling_place(),
                instead=f"Path() without {default!r}: a path without the value is a different path",
            )
        super().__init__(default, annotation=annotation, **options)


class Query(Param):  # type: ignore[misc]  # FieldInfo is final
    """A value read from the query string."""

    in_ = ParamTypes.query


class Header(Param):  # type: ignore[misc]  # FieldInfo is final
    """A value read from a header, `x_token` from `x-token` unless `convert_underscores` is false."""

    in_ = ParamTypes.header

    @spell_out(MarkerOptions, MARKER_DEFAULTS)
    def __init__(
        self,
        default: Any = Undefined,
        *,
        annotation: Any = None,
        convert_underscores: bool = True,
        **options: Unpack[MarkerOptions],
    ) -> None:
        self.convert_underscores = convert_underscores
        super().__init__(default, annotation=annotation, **options)


class Cookie(Param):  # type: ignore[misc]  # FieldInfo is final
    """A value read from a cookie."""

    in_ = ParamTypes.cookie


class Body(Marker):  # type: ignore[misc]  # FieldInfo is final
    """The request body, or with `embed=True` one key of it."""

    @spell_out(MarkerOptions, MARKER_DEFAULTS)
    def __init__(
        self,
        default: Any = Undefined,
        *,
        annotation: Any = None,
        embed: bool | None = None,
        media_type: str = "application/json",
        **options: Unpack[MarkerOptions],
    ) -> None:
        self.embed = embed
        self.media_type = media_type
        super().__init__(default, annotation=annotation, **options)


class Form(Body):  # type: ignore[misc]  # FieldInfo is final
    """A field of a submitted form."""

    @spell_out(MarkerOptions, MARKER_DEFAULTS)
    def __init__(
        self,
        default: Any = Undefined,
        *,
        annotation: Any = None,
        media_type: str = "application/x-www-form-urlencoded",
        **options: Unpack[MarkerOptions],
    ) -> None:
        # A form is always an object of fields, so there is nothing to embed, and Body would take the option.
        refuse_unknown_keywords(type(self).__name__, options, _OPTION_NAMES)
        super().__init__(default, annotation=annotation, media_type=media_type, **options)


class File(Form):  # type: ignore[misc]  # FieldInfo is final
    """A file of a submitted form."""

    @spell_out(MarkerOptions, MARKER_DEFAULTS)
    def __init__(
        self,
        default: Any = Undefined,
        *,
        annotation: Any = None,
        media_type: str = "multipart/form-data",
        **options: Unpack[MarkerOptions],
    ) -> None:
        super().__init__(default, annotation=annotation, media_type=media_type, **options)
