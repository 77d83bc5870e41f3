"""Turn any object into what `json.dumps` accepts.

The order in which kinds of objects are recognised is part of the interface: an enumeration of strings becomes
its value because enumerations come before strings, a named tuple becomes a list because it is a tuple.
"""

import dataclasses
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from pathlib import Path, PurePath
from re import Pattern
from types import GeneratorType
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from pydantic.main import IncEx
from pydantic.networks import AnyUrl, NameEmail
from pydantic.types import SecretBytes, SecretStr
from pydantic_core import PydanticUndefined, Url

from straightway.errors import PydanticV1NotSupportedError, UnwritableError

__all__ = [
    "ENCODERS_BY_TYPE",
    "decimal_encoder",
    "encoders_by_class_tuples",
    "generate_encoders_by_class_tuples",
    "isoformat",
    "jsonable_encoder",
]

Encoder = Callable[[Any], Any]


def jsonable_encoder(
    obj: Any,
    include: IncEx | None = None,
    exclude: IncEx | None = None,
    by_alias: bool = True,
    exclude_unset: bool = False,
    exclude_defaults: bool = False,
    exclude_none: bool = False,
    custom_encoder: dict[Any, Encoder] | None = None,
    sqlalchemy_safe: bool = True,
) -> Any:
    """Return `obj` as nested dicts, lists, strings, numbers, booleans and None.

    `include` and `exclude` name fields of the outermost object, or of each item of a list; nested forms
    and the other `exclude_` options, except `exclude_none`, concern Pydantic models only.
    `custom_encoder` maps classes to functions that take precedence, except inside Pydantic models.
    `sqlalchemy_safe` drops keys that start with `_sa`, where SQLAlchemy keeps its state.
    Not-a-number and infinity are returned as they are, which strict JSON encoders refuse.

    Raises `ValueError` for an object that has neither items nor attributes.
    """
    options = _Options(
        by_alias=by_alias,
        exclude_unset=exclude_unset,
        exclude_defaults=exclude_defaults,
        exclude_none=exclude_none,
        custom_encoder=custom_encoder or {},
        sqlalchemy_safe=sqlalchemy_safe,
    )
    return _encode(obj, _selection(include), _selection(exclude), options)


def repeatable_data(obj: Any) -> Any:
    """Return what `jsonable_encoder` does; raise TypeError, before it is read, for what can be read only once.

    For a writer that may have to begin again: the items of a generator would be gone then.
    """
    return _encode(obj, None, None, _REPEATABLE)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """The options that hold at every level."""

    by_alias: bool
    exclude_unset: bool
    exclude_defaults: bool
    exclude_none: bool
    custom_encoder: Mapping[Any, Encoder]
    sqlalchemy_safe: bool
    repeatable: bool = False


_REPEATABLE = _Options(
    by_alias=True,
    exclude_unset=False,
    exclude_defaults=False,
    exclude_none=False,
    custom_encoder={},
    sqlalchemy_safe=True,
    repeatable=True,
)


def _selection(fields: Any) -> IncEx | None:
    return fields if fields is None or isinstance(fields, set | dict) else set(fields)


_UNCHANGED_CLASSES = frozenset({str, int, float, bool, type(None)})


def _encode(obj: Any, include: IncEx | None, exclude: IncEx | None, options: _Options) -> Any:
    custom = _custom_encoder(obj, options.custom_encoder) if options.custom_encoder else None
    if custom is not None:
        return custom(obj)
    if type(obj) in _UNCHANGED_CLASSES:
        return obj
    if type(obj) is dict:  # what most values are is not asked for anything else
        return _encode_dict(obj, include, exclude, options)
    return _encode_other(obj, include, exclude, options)


def _encode_other(obj: Any, include: IncEx | None, exclude: IncEx | None, options: _Options) -> Any:
    if isinstance(obj, BaseModel):
        return _encode_model(obj, include, exclude, options)
    if dataclasses.is_dataclass(obj) and not isinstance(obj, type):
        return _encode_dict(dataclasses.asdict(obj), include, exclude, options)
    if isinstance(obj, Enum):
        return obj.value
    if isinstance(obj, dict):
        return _encode_dict(obj, include, exclude, options)
    if isinstance(obj, list | set | frozenset | GeneratorType | tuple | deque):
        if options.repeatable and isinstance(obj, GeneratorType):
            raise TypeError("a generator can be read only once")
        return [_encode(item, include, exclude, options) for item in obj]
    if isinstance(obj, str | int | float):
        return obj
    encoder = _encoder_of(obj)
    return _encode_attributes(obj, include, exclude, options) if encoder is None else encoder(obj)


def _custom_encoder(obj: Any, encoders: Mapping[Any, Encoder]) -> Encoder | None:
    exact = encoders.get(type(obj))
    if exact is not None:
        return exact
    return next((encoder for class_, encoder in encoders.items() if isinstance(obj, class_)), None)


def _encode_model(model: BaseModel, include: IncEx | None, exclude: IncEx | None, options: _Options) -> Any:
    dumped = model.model_dump(
        mode="json",
        include=include,
        exclude=exclude,
        by_alias=options.by_alias,
        exclude_unset=options.exclude_unset,
        exclude_defaults=options.exclude_defaults,
        exclude_none=options.exclude_none,
    )
    # Once more, because dictionaries in it still have the keys that the options forbid.
    return _encode(dumped, None, None, dataclasses.replace(options, custom_encoder={}))


def _encode_dict(
    items: dict[Any, Any], include: Any | None, exclude: Any | None, options: _Options
) -> dict[Any, Any]:
    entries = list(items.items())
    if include is not None:
        entries = [entry for entry in entries if entry[0] in include]
    if exclude is not None:
        entries = [entry for entry in entries if entry[0] not in exclude]
    if options.sqlalchemy_safe:
        entries = [
            entry for entry in entries if not (isinstance(entry[0], str) and entry[0].startswith("_sa"))
        ]
    if options.exclude_none:
        entries = [entry for entry in entries if entry[1] is not None]
    # PERF: a document is made 7 % sooner than with a call for each key and value, benchmarks (start).
    unchanged = frozenset[type]() if options.custom_encoder else _UNCHANGED_CLASSES
    return {
        key if type(key) in unchanged else _encode(key, None, None, options): value
        if type(value) in unchanged
        else _encode(value, None, None, options)
        for key, value in entries
    }


def _encode_attributes(
    obj: Any, include: IncEx | None, exclude: IncEx | None, options: _Options
) -> dict[Any, Any]:
    _refuse_pydantic_v1(obj)
    if options.repeatable and isinstance(obj, Iterator):
        raise TypeError("an iterator can be read only once")
    try:
        attributes = dict(obj)
    except Exception as no_items:  # noqa: BLE001  # whatever the object's own code raises, it has no items
        try:
            attributes = vars(obj)
        except Exception as no_attributes:  # noqa: BLE001  # the same
            # What is raised has both: chained, they would be thirty lines of traceback in which nothing is the user's.
            raise UnwritableError(obj, [no_items, no_attributes]) from None
    return _encode_dict(attributes, include, exclude, options)


def _refuse_pydantic_v1(obj: Any) -> None:
    # An object of a class of pydantic.v1 exists only where that module, which warns on import, was imported.
    v1 = sys.modules.get("pydantic.v1.main")
    if v1 is not None and isinstance(obj, v1.BaseModel):
        raise PydanticV1NotSupportedError(
            f"pydantic.v1 models are no longer supported. Please update the model {obj!r}."
        )


def _encoder_of(obj: Any) -> Encoder | None:
    if isinstance(obj, PurePath):
        return str
    if obj is PydanticUndefined:
        return _none
    exact = ENCODERS_BY_TYPE.get(type(obj))
    if exact is not None:
        return exact
    for encoder, classes in encoders_by_class_tuples.items():
        if isinstance(obj, classes):
            return encoder
    return str if _is_colour(obj) else None


def _is_colour(obj: Any) -> bool:
    """Tell whether the object is a colour of Pydantic's; there is none where nobody has imported their module."""
    classes = [getattr(sys.modules.get(name), "Color", ()) for name in _COLOURS]
    return any(isinstance(obj, each) for each in classes)


_COLOURS = ("pydantic.color", "pydantic_extra_types.color")
"""The modules of Pydantic's own class, which is deprecated, and of the extra package's."""


def isoformat(moment: date | time) -> str:
    """Return the date, time or both in the format of ISO 8601."""
    return moment.isoformat()


def decimal_encoder(dec_value: Decimal) -> int | float:
    """Return an integer where the number is written without decimal places, otherwise a float.

    So that what was read as 1 is written as 1 and what was read as 1.0 as 1.0. An integer that has more digits than
    Python writes out is returned as a float, too: infinity.
    """
    exponent = dec_value.as_tuple().exponent
    # Not-a-number and infinity have a letter for an exponent.
    is_whole = isinstance(exponent, int) and exponent >= 0
    # Ten bytes from a client, 1E999999999, would otherwise keep a processor and gigabytes of memory busy.
    return int(dec_value) if is_whole and dec_value.adjusted() < _LONGEST_INTEGER else float(dec_value)


_LONGEST_INTEGER = sys.int_info.default_max_str_digits


def _total_seconds(duration: timedelta) -> float:
    return duration.total_seconds()


def _pattern(regular_expression: Pattern[Any]) -> Any:
    return regular_expression.pattern


def _none(_undefined: Any) -> None:
    return None


def _value(member: Enum) -> Any:
    return member.value


ENCODERS_BY_TYPE: dict[type[Any], Encoder] = {
    bytes: bytes.decode,
    date: isoformat,
    datetime: isoformat,
    time: isoformat,
    timedelta: _total_seconds,
    Decimal: decimal_encoder,
    Enum: _value,
    frozenset: list,
    deque: list,
    GeneratorType: list,
    IPv4Address: str,
    IPv4Interface: str,
    IPv4Network: str,
    IPv6Address: str,
    IPv6Interface: str,
    IPv6Network: str,
    NameEmail: str,
    Path: str,
    Pattern: _pattern,
    SecretBytes: str,
    SecretStr: str,
    set: list,
    UUID: str,
    Url: str,
    AnyUrl: str,
}
"""How objects of a class are encoded; a class added here is recognised from then on, its subclasses are not."""


def generate_encoders_by_class_tuples(
    type_encoder_map: Mapping[Any, Encoder],
) -> dict[Encoder, tuple[Any, ...]]:
    """Return the classes of each encoder, in the form that `isinstance` takes."""
    classes: dict[Encoder, tuple[Any, ...]] = {}
    for class_, encoder in type_encoder_map.items():
        classes[encoder] = (*classes.get(encoder, ()), class_)
    return classes


encoders_by_class_tuples = generate_encoders_by_class_tuples(ENCODERS_BY_TYPE)
