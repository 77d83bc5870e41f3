"""A type with a validator, a serialiser and a JSON schema.

This is the only module that touches Pydantic's internals: everything else asks a `ModelField`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from copy import copy, deepcopy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    PydanticSchemaGenerationError,
    PydanticUndefinedAnnotation,
    TypeAdapter,
)
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo
from pydantic.warnings import UnsupportedFieldAttributeWarning
from pydantic_core import PydanticUndefined, SchemaSerializer, SchemaValidator, ValidationError, core_schema
from pydantic_core.core_schema import CoreSchema

from straightway.errors import PydanticV1NotSupportedError, StraightwayError

Undefined = PydanticUndefined
IncEx = set[int] | set[str] | dict[int, Any] | dict[str, Any] | None
ErrorItem = dict[str, Any]
Mode = Literal["validation", "serialization"]

_OF_THE_DECLARATION = frozenset({"annotation", "default", "metadata"})
_SHOWN = ("title", "description", "deprecated", "examples", "json_schema_extra")
"""What a field says for its JSON schema alone, and Pydantic keeps in the core schema."""
_INNER_SETTINGS = frozenset(
    {
        "arbitrary_types_allowed",
        "extra",
        "from_attributes",
        "frozen",
        "json_schema_extra",
        "populate_by_name",
        "protected_namespaces",
        "str_strip_whitespace",
        "use_attribute_docstrings",
        "use_enum_values",
        "validate_assignment",
        "validate_default",
    }
)
"""The settings of a model that reach nothing but its own fields, so that it does not matter who validates it."""
_PLAIN = (str, int, float, bool, bytes, type(None))


@dataclass(eq=False)
class ModelField:
    """One value that crosses the wire: its name, its type with constraints, and its two directions.

    Raises `pydantic.PydanticSchemaGenerationError` when Pydantic has no schema for the type.
    """

    field_info: FieldInfo
    name: str
    mode: Mode = "validation"
    config: ConfigDict | None = None
    _lone_model: type[BaseModel] | None = field(init=False, repr=False)
    """The model whose own validator and serialiser do for this field; None where the field adds something."""

    def __post_init__(self) -> None:
        info = self.field_info
        is_bare = info.is_required() and not info.metadata and info.discriminator is None and not self.config
        self._lone_model = _stands_alone(info.annotation) if is_bare else None
        if self._lone_model is None:
            _ = self._type_adapter  # raises for what Pydantic cannot handle

    @cached_property
    def _type_adapter(self) -> TypeAdapter[Any]:
        annotated: Any = Annotated[self.field_info.annotation, self.field_info]
        with warnings.catch_warnings():
            # An alias means nothing to a TypeAdapter; here it is the key in the request, read by `analyse`.
            warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
            return TypeAdapter(annotated, config=self.config)

    @property
    def alias(self) -> str:
        """The key in the request, and in the answer unless an alias for serialization is given."""
        return self.field_info.alias or self.name

    @property
    def validation_alias(self) -> str | None:
        """The key in the request alone, where it is one name."""
        alias = self.field_info.validation_alias
        return alias if isinstance(alias, str) and alias else None

    @property
    def serialization_alias(self) -> str | None:
        """The key in the answer alone."""
        return self.field_info.serialization_alias or None

    @property
    def required(self) -> bool:
        """Whether a request must have it."""
        return self.field_info.is_required()

    @property
    def default(self) -> Any:
        """A fresh copy of the default, or Undefined for a required field."""
        return self.get_default()

    @property
    def type_(self) -> Any:
        """The type without its constraints."""
        return self.field_info.annotation

    @property
    def type_adapter(self) -> TypeAdapter[Any]:
        """What validates and serialises the value, as Pydantic has it for types of every kind."""
        return self._type_adapter

    @property
    def validator(self) -> SchemaValidator:
        """What validates the value.

        PERF: without second validators and serialisers, a route that takes and returns a model is declared 0.14 ms
        sooner and is 3.4 KiB smaller on 3.11, benchmarks (start).
        """
        model = self._lone_model
        return cast(
            "SchemaValidator",
            (self._type_adapter.validator if model is None else model.__pydantic_validator__),
        )

    @property
    def serializer(self) -> SchemaSerializer:
        """What serialises the value."""
        model = self._lone_model
        return self._type_adapter.serializer if model is None else model.__pydantic_serializer__

    def get_default(self) -> Any:
        """Return a fresh copy of the default, or Undefined for a required field."""
        if self.field_info.is_required():
            return Undefined
        return deepcopy(self.field_info.get_default(call_default_factory=True, validated_data={}))

    def validate(
        self, value: object, values: Mapping[str, Any] | None = None, *, loc: tuple[int | str, ...] = ()
    ) -> tuple[Any, list[ErrorItem]]:
        """Return the validated value and no errors, or None and Pydantic's errors under `loc`."""
        del values  # other fields' values: part of FastAPI's interface, of no use with Pydantic 2
        try:
            return self.validator.validate_python(value, from_attributes=True), []
        except ValidationError as error:
            return None, errors_of(error, loc)

    def serialize(
        self,
        value: Any,
        *,
        mode: Literal["json", "python"] = "json",
        include: IncEx = None,
        exclude: IncEx = None,
        by_alias: bool = True,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
    ) -> Any:
        """Return `value` as plain data (JSON types when `mode` is "json")."""
        return self.serializer.to_python(
            value,
            mode=mode,
            include=include,
            exclude=exclude,
            by_alias=by_alias,
            exclude_unset=exclude_unset,
            exclude_defaults=exclude_defaults,
            exclude_none=exclude_none,
        )

    def serialize_json(
        self,
        value: Any,
        *,
        include: IncEx = None,
        exclude: IncEx = None,
        by_alias: bool = True,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
    ) -> bytes:
        """Return `value` as compact JSON in UTF-8."""
        return self.serializer.to_json(
            value,
            include=include,
            exclude=exclude,
            by_alias=by_alias,
            exclude_unset=exclude_unset,
            exclude_defaults=exclude_defaults,
            exclude_none=exclude_none,
        )

    @cached_property
    def core_schema(self) -> CoreSchema:
        """The built core schema (a deferred one is completed first)."""
        if self._lone_model is not None and not any(getattr(self.field_info, each) for each in _SHOWN):
            return self._lone_model.__pydantic_core_schema__
        self._type_adapter.rebuild(force=False, raise_errors=True)
        return self._type_adapter.core_schema


def _stands_alone(annotation: Any) -> type[BaseModel] | None:
    """Return a type that is a finished model whose own validator does exactly what a TypeAdapter's would; else None."""
    if not isinstance(annotation, type(BaseModel)):
        return None
    model: type[BaseModel] = annotation
    own = vars(model)
    stands_alone = (
        own.get("__pydantic_complete__") is True
        and type(own.get("__pydantic_validator__"))
        is SchemaValidator  # and no plugin's, which is told who asks
        and type(own.get("__pydantic_serializer__")) is SchemaSerializer
        and (not model.model_config or _keeps_its_settings(model))
        and cast("Any", model.__get_pydantic_core_schema__).__func__ is _BUILT_BY_PYDANTIC
    )
    return model if stands_alone else None


def _keeps_its_settings(model: type[BaseModel]) -> bool:
    is_alone = (
        model.__pydantic_core_schema__["type"] == "model"
    )  # no definitions, whose types might heed the settings
    return is_alone and _INNER_SETTINGS.issuperset(model.model_config)


_BUILT_BY_PYDANTIC = cast("Any", BaseModel.__get_pydantic_core_schema__).__func__


def errors_of(error: ValidationError, loc: tuple[int | str, ...] = ()) -> list[ErrorItem]:
    """Return the errors of a Pydantic exception as dictionaries, each `loc` prefixed."""
    items = cast("list[ErrorItem]", error.errors(include_url=False))
    if loc:
        for item in items:
            item["loc"] = (*loc, *item["loc"])
    return items


def missing_error(loc: tuple[int | str, ...], value: object = None) -> ErrorItem:
    """Return the error item for a value that was required and not sent."""
    return {"type": "missing", "loc": loc, "msg": "Field required", "input": value}


@lru_cache(maxsize=1)
def _v1_base_model() -> type | None:
    import sys

    module = sys.modules.get("pydantic.v1")
    return getattr(module, "BaseModel", None)


def is_pydantic_v1_model(annotation: object) -> bool:
    """Tell whether `annotation` is a model class of the `pydantic.v1` namespace."""
    base = _v1_base_model()
    if base is None:
        _v1_base_model.cache_clear()
        return False
    return isinstance(annotation, type) and issubclass(annotation, base)


def mentions_pydantic_v1(annotation: object) -> bool:
    """Tell whether a `pydantic.v1` model stands anywhere inside `annotation`."""
    if _v1_base_model() is None:
        _v1_base_model.cache_clear()
        return False
    return is_pydantic_v1_model(annotation) or any(
        mentions_pydantic_v1(each) for each in get_args(annotation)
    )


def create_model_field(
    name: str,
    type_: Any,
    default: Any = Undefined,
    field_info: FieldInfo | None = None,
    alias: str | None = None,
    mode: Mode = "validation",
) -> ModelField:
    """Return a field of type `type_`, or raise `StraightwayError` when Pydantic cannot handle the type."""
    if mentions_pydantic_v1(type_):
        raise PydanticV1NotSupportedError(
            f"pydantic.v1 models are not supported: {type_!r}. Derive the model from pydantic.BaseModel instead.",
            instead="from pydantic import BaseModel, and the model in the words of Pydantic 2",
        )
    if field_info is None:
        field_info = FieldInfo(annotation=type_, default=default, alias=alias)
    try:
        return ModelField(field_info=field_info, name=name, mode=mode)
    except _REFUSALS as error:
        if isinstance(error, PydanticUserError) and isinstance(error, PydanticUndefinedAnnotation):
            raise
        raise StraightwayError(
            f"Invalid args for response field! Hint: check that {type_} is a valid Pydantic field type."
        ) from error


# Pydantic takes a dict for a core schema of its own, and fails on it with KeyError on Python 3.14.
_REFUSALS = (
    PydanticSchemaGenerationError,
    PydanticUndefinedAnnotation,
    TypeError,
    AttributeError,
    KeyError,
)


def copy_field_info(field_info: FieldInfo, annotation: Any) -> FieldInfo:
    """Return a copy of `field_info` with what the metadata of `annotation` says as well: its title, constraints, alias and so on.

    The default stays as it is: a `Field(1)` in `Annotated` gives a model's field a default, not a parameter.
    """
    merged = FieldInfo.from_annotation(annotation)
    given = merged._attributes_set  # noqa: SLF001  # what was said, as opposed to Pydantic's defaults
    said = {name: value for name, value in given.items() if name not in _OF_THE_DECLARATION}
    if field_info.default is not Undefined and field_info.default is not Ellipsis:
        said.pop("default_factory", None)
    copied = copy(field_info)
    copied.annotation = merged.annotation
    copied.metadata = merged.metadata
    for name, value in said.items():
        setattr(copied, name, value)
    # Pydantic reads this, not the attributes, where it merges the copy with others.
    copied._attributes_set = copied._attributes_set | said  # noqa: SLF001
    return copied


def group_validator(
    entries: Iterable[tuple[str, ModelField, tuple[str, str]]],
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return one validator for several scalar fields that stand at (location, key) of nested mappings.

    The result maps each entry's name to its value; absent keys take the field's default, unvalidated
    unless the field says `validate_default`. Raises `pydantic_core.ValidationError`.
    """
    definitions: dict[str, CoreSchema] = {}
    members: dict[str, core_schema.TypedDictField] = {}
    for name, model_field, place in entries:
        schema = _hoisted(model_field.core_schema, definitions)
        path: list[str | int] = list(place)
        members[name] = core_schema.typed_dict_field(
            _copying(schema), required=model_field.required, validation_alias=[path]
        )
    group: CoreSchema = core_schema.typed_dict_schema(members)
    if definitions:
        group = core_schema.definitions_schema(group, list(definitions.values()))
    return SchemaValidator(group).validate_python


def _hoisted(schema: CoreSchema, definitions: dict[str, CoreSchema]) -> CoreSchema:
    if schema["type"] != "definitions":
        return schema
    for definition in schema["definitions"]:
        definitions.setdefault(
            cast("Any", definition)["ref"], definition
        )  # every definition carries its reference
    return cast("CoreSchema", schema["schema"])  # what "definitions" schemas hold


def _copying(schema: CoreSchema) -> CoreSchema:
    if schema["type"] == "default" and not isinstance(schema.get("default"), _PLAIN):
        return cast("CoreSchema", {**schema, "copy_default": True})  # the same kind of schema
    return schema


def validates_json_alike(model_field: ModelField) -> bool:
    """Tell whether validating JSON text gives the very value that validating its parsed form gives.

    That is so for what Pydantic treats alike in both modes: not for strict types, validators written in Python, unions
    (a date in JSON is as good as a text), decimals and time spans.
    """
    schema = model_field.core_schema
    definitions: dict[str, Any] = {}
    return _is_alike(_hoisted(schema, definitions), definitions, set())


_ALIKE = frozenset(
    {"str", "int", "float", "bool", "none", "any", "date", "time", "datetime", "uuid", "enum", "literal"}
)


def _is_alike(schema: Any, definitions: Mapping[str, Any], seen: set[str]) -> bool:
    config = schema.get("config") or {}
    if schema.get("strict") or config.get("strict") or config.get("coerce_numbers_to_str"):
        return False
    match schema["type"]:
        case "definition-ref":
            reference = schema["schema_ref"]
            if reference in seen:
                return True
            return _is_alike(definitions[reference], definitions, seen | {reference})
        case "model":
            if schema.get("custom_init") or schema.get("root_model"):
                return False
            inner = [schema["schema"]]
        case "model-fields":
            extras = [schema[key] for key in ("extras_schema", "extras_keys_schema") if key in schema]
            inner = [*(each["schema"] for each in schema["fields"].values()), *extras]
        case "default" | "nullable":
            inner = [schema["schema"]]
        case "list":
            inner = [schema["items_schema"]] if "items_schema" in schema else []
        case "dict":
            inner = [schema[key] for key in ("keys_schema", "values_schema") if key in schema]
        case kind:
            return kind in _ALIKE
    return all(_is_alike(each, definitions, seen) for each in inner)
