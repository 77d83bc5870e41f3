"""`Problem`: a class for each kind of error, with a status, a type, a title and members of its own (RFC 9457).

A class says what is the same each time, whoever raises it says the rest. Its annotated names are extension members
(section 3.2). They are validated where the problem is raised, by a Pydantic model that is made of them when it is first
needed; the JSON schema of that model is the schema of the whole problem.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.errors import PydanticUserError
from typing_extensions import Format, dataclass_transform, get_annotations

from straightway.errors import DeclarationError, HTTPException, Place
from straightway.problems.words import BLANK, MEMBERS, phrases

_SETTABLE = frozenset({"status", "type", "title", "detail", "headers"})
"""What a class gives a value, which is then that of all its problems or their default."""

_MODEL = "__straightway_model__"
"""The attribute of a class that has its model, once it was needed."""

_CONFIG = ConfigDict(extra="forbid", populate_by_name=True, protected_namespaces=())


@dataclass_transform(kw_only_default=True, field_specifiers=(Field,))
class _Declared(HTTPException):
    """What makes type checkers read the annotated names of a problem as arguments of its constructor."""


class Problem(_Declared):
    """Answer the request with problem details. Derive a class for each kind of problem; its annotations are members.

    A class sets `status` (400 to 599), and may set `type` (a URI reference that identifies the kind of problem), `title`
    (its short summary, by default the phrase of the status), and defaults of `detail` and `headers`. Whoever raises it
    may give `detail`, which explains this occurrence, `instance`, a URI reference that identifies it, and `headers`.

    It is an `HTTPException` with the same status, headers and detail (the title where there is none), and the handler for
    that one answers it. Raises `DeclarationError` for a class that makes no sense, `pydantic.ValidationError` for
    members that do not fit.
    """

    status: ClassVar[int] = 500
    type: ClassVar[str] = BLANK
    title: ClassVar[str] = phrases(500)[0]
    detail: str = ""
    instance: str = ""
    headers: Mapping[str, str] | None = None

    def __init__(
        self,
        *,
        detail: str = "",
        instance: str = "",
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        kind = self.__class__
        values = model_of(kind).model_validate(members)
        own_headers = kind.headers if headers is None else headers
        super().__init__(kind.status, detail or kind.detail or kind.title, own_headers)
        self.instance = instance
        self.__dict__.update(values.__dict__)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        frame = sys._getframe(1)  # noqa: SLF001  # where the class statement stands
        at = Place(file=frame.f_code.co_filename, line=frame.f_lineno)
        _check_values(cls, at)
        _check_names(cls, at)
        inherited = next(each for each in cls.__mro__[1:] if issubclass(each, Problem))
        if "title" not in vars(cls) and inherited.title == phrases(inherited.status)[0]:
            cls.title = phrases(cls.status)[0]
        if frame.f_locals is not frame.f_globals:
            # The names of the function that the class stands in are there now, and not when the model is made.
            cls.__annotations__ = _evaluated(cls, frame.f_locals)


def _check_values(kind: type[Problem], at: Place) -> None:
    status: object = kind.status
    if not isinstance(status, int) or not 400 <= status <= 599:
        raise DeclarationError(
            f"The status of {kind.__name__} is {status!r}, which is no status of an error",
            at=at,
            instead="write a number from 400 to 599, such as `status = 409`",
        )
    for name in ("type", "title", "detail"):
        value: object = getattr(kind, name)
        if not isinstance(value, str):
            raise DeclarationError(
                f"The {name} of {kind.__name__} is {value!r}, which is no text",
                at=at,
                instead=f'write `{name} = "..."`, and choose another name for a member that is no text',
            )


def _check_names(kind: type[Problem], at: Place) -> None:
    for name in _own_annotations(kind):
        if name in _SETTABLE and name in vars(kind):
            continue
        if name in MEMBERS or name == "status_code" or hasattr(Problem, name):
            raise DeclarationError(
                f"{kind.__name__} declares a member {name!r}, which every problem has already",
                at=at,
                instead=f"give it a value (`{name} = ...`)" if name in _SETTABLE else f"rename {name!r}",
            )


def _own_annotations(kind: Any) -> dict[str, Any]:
    return dict(get_annotations(kind, format=Format.FORWARDREF))


def _evaluated(kind: type[Problem], names: Mapping[str, Any]) -> dict[str, Any]:
    own = _own_annotations(kind)
    try:
        hints = get_type_hints(kind, localns=dict(names), include_extras=True) if own else {}
    except (NameError, AttributeError, SyntaxError):  # said later, or never: the model will tell
        return own
    return {name: hints[name] for name in own}


def is_concrete(kind: type[Problem]) -> bool:
    """Tell whether a class, or one that it derives from, says its status."""
    return any("status" in vars(each) for each in _declaring(kind))


def _declaring(kind: type[Problem]) -> list[type[Problem]]:
    """Return the classes that may declare members, the most general one first."""
    return [each for each in reversed(kind.__mro__) if issubclass(each, Problem) and each is not Problem]


def model_of(kind: type[Problem]) -> type[BaseModel]:
    """Return the model of a problem's extension members, whose JSON schema is that of the whole problem.

    It is made once. Raises `DeclarationError` for annotations that Pydantic cannot handle.
    """
    known = vars(kind).get(_MODEL)
    if known is None:
        known = _made(kind)
        setattr(kind, _MODEL, known)
    model: type[BaseModel] = known
    return model


def _made(kind: type[Problem]) -> type[BaseModel]:
    annotated = (name for each in _declaring(kind) for name in _own_annotations(each))
    names = [name for name in dict.fromkeys(annotated) if name not in _SETTABLE]
    try:
        hints = get_type_hints(kind, include_extras=True) if names else {}
        fields: Any = {name: (hints[name], getattr(kind, name, ...)) for name in names}
        model = create_model(
            kind.__name__,
            __config__=_CONFIG | ConfigDict(json_schema_extra=_completing(kind)),
            __module__=kind.__module__,
            __doc__=kind.__doc__,
            **fields,
        )
    except (NameError, AttributeError, SyntaxError, TypeError, PydanticUserError) as error:
        raise DeclarationError(
            f"The members of {kind.__qualname__} cannot be made sense of: {error}",
            at=_place_of(kind),
            instead="annotate them with types that Pydantic knows, by names that the module has",
        ) from error
    _check_aliases(kind, model)
    return model


def _check_aliases(kind: type[Problem], model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        if (alias := field.serialization_alias or field.alias) in MEMBERS:
            raise DeclarationError(
                f"The member {name!r} of {kind.__qualname__} would be sent as {alias!r}, which every problem has already",
                at=_place_of(kind),
                instead="choose another alias",
            )


def _place_of(kind: type[Problem]) -> Place:
    return Place(file=getattr(sys.modules.get(kind.__module__), "__file__", None))


def _completing(kind: type[Problem]) -> Callable[[dict[str, Any]], None]:
    """Return the function that makes of the schema of a problem's own members that of the whole problem."""

    def complete(schema: dict[str, Any]) -> None:
        own = schema.get("properties", {})
        schema["properties"] = {**_standard_members(kind), **own}
        schema["required"] = ["type", "title", "status", *own]  # those with a default are sent as well
        schema.pop("additionalProperties", None)  # section 3.2: clients ignore members that they do not know

    return complete


def _standard_members(kind: type[Problem]) -> dict[str, Any]:
    return {
        "type": {"title": "Type", "type": "string", "const": kind.type},
        "title": {"title": "Title", "type": "string", "examples": [kind.title]},
        "status": {"title": "Status", "type": "integer", "const": int(kind.status)},
        "detail": {"title": "Detail", "type": "string"},
        "instance": {"title": "Instance", "type": "string", "format": "uri-reference"},
    }


def members_of(problem: Problem) -> dict[str, Any]:
    """Return the extension members of a problem as JSON-able data, with the values that they have now."""
    model = model_of(problem.__class__)
    values = model.model_construct(**{name: getattr(problem, name) for name in model.model_fields})
    return values.model_dump(mode="json", by_alias=True, warnings=False)
