"""A callable to its dependency tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from inspect import Parameter
from typing import Any, ForwardRef, Literal

from straightway.analyse.callables import is_generator, is_made_context_manager, kind_of
from straightway.analyse.dependant import Dependant, lifetime_of, oauth_scopes
from straightway.analyse.parameters import (
    add_non_field_param_to_dependency,
    add_param_to_fields,
    analyze_param,
)
from straightway.analyse.places import place_of, place_of_parameter
from straightway.analyse.signature import typed_signature
from straightway.declare.depends import Depends, Security
from straightway.errors import (
    DeclarationError,
    DeclarationTypeError,
    DeclarationValueError,
    DependencyScopeError,
    Place,
    StraightwayError,
    worded,
)
from straightway.utils import get_path_param_names
from straightway.wording import source_line, type_name

_CALLED = re.compile(r"(?:Depends|Security)\(\s*([\w.]+)\(")
"""A dependency that is called where it should be named, in a line of source."""


def get_dependant(
    *,
    path: str,
    call: Callable[..., Any],
    name: str | None = None,
    own_oauth_scopes: list[str] | None = None,
    parent_oauth_scopes: list[str] | None = None,
    use_cache: bool = True,
    scope: Literal["function", "request"] | None = None,
    concurrency: Any = None,
) -> Dependant:
    """Analyse `call` and, through `Depends`, everything it depends on.

    `path` is the path template: its names are path parameters at every depth. Raises `DeclarationError` or
    `DependencyScopeError` for what cannot work.
    """
    dependant = Dependant(
        call=call,
        name=name,
        path=path,
        use_cache=use_cache,
        scope=scope,
        own_oauth_scopes=own_oauth_scopes,
        parent_oauth_scopes=parent_oauth_scopes,
        concurrency=concurrency,
    )
    path_param_names = get_path_param_names(path)
    for parameter in _parameters_of(call):
        try:
            _add_parameter(dependant, parameter, path_param_names)
        except StraightwayError as error:
            error.located(place_of_parameter(call, parameter.name))
            raise
        except RecursionError:
            raise
        except Exception as error:
            if not getattr(error, "__notes__", None):
                error.add_note(f"  declared {worded(place_of_parameter(call, parameter.name))}")
            raise
    return dependant


def _parameters_of(call: Callable[..., Any]) -> Collection[Parameter]:
    try:
        return typed_signature(call).parameters.values()
    except (TypeError, ValueError) as error:
        name = getattr(call, "__name__", type(call).__name__)
        raise DeclarationValueError(
            str(error),
            instead=f"def make_{name}(): return {name}(), and Depends(make_{name}): what {name} takes is not known",
        ) from error


def _add_parameter(dependant: Dependant, parameter: Parameter, path_param_names: Collection[str]) -> None:
    details = analyze_param(
        param_name=parameter.name,
        annotation=parameter.annotation,
        value=parameter.default,
        path_param_names=path_param_names,
    )
    if details.depends is not None:
        dependant.dependencies.append(_sub_dependant(details.depends, dependant, parameter))
    elif details.field is not None:
        add_param_to_fields(field=details.field, dependant=dependant)
    else:
        add_non_field_param_to_dependency(
            param_name=parameter.name, type_annotation=details.type_annotation, dependant=dependant
        )


def get_parameterless_sub_dependant(*, depends: Depends, path: str) -> Dependant:
    """Analyse a dependency from a `dependencies=[...]` list: its value goes nowhere.

    So there is nothing to keep apart from other uses, and `use_cache=False` means nothing here, as in FastAPI.
    """
    if not callable(depends.dependency):
        raise DeclarationError(
            "A parameter-less dependency must have a callable dependency",
            instead=f"dependencies=[Depends({_function_of(depends.dependency, None)})], the function itself",
        )
    return get_dependant(
        path=path,
        call=depends.dependency,
        own_oauth_scopes=_scopes_of(depends),
        scope=depends.scope,
        concurrency=depends._concurrency,  # noqa: SLF001  # the declaration's own limit, shared by its uses
    )


def endpoint_dependant(path: str, endpoint: Callable[..., Any], dependencies: Sequence[Depends]) -> Dependant:
    """Analyse an endpoint together with the parameterless dependencies that run before its own."""
    try:
        dependant = get_dependant(path=path, call=endpoint, scope="function")
        dependant.dependencies[:0] = [
            get_parameterless_sub_dependant(depends=each, path=path) for each in dependencies
        ]
    except RecursionError as error:
        raise _circle(endpoint, error) from None
    return dependant


def _circle(endpoint: Callable[..., Any], error: RecursionError) -> Exception:
    """Return the exception for dependencies that depend on each other; the given one where that is not the reason."""
    chain = [endpoint]
    waiting = [chain]
    while waiting:
        chain = waiting.pop()
        for parameter in typed_signature(chain[-1]).parameters.values():
            call = _dependency_of(parameter)
            if call in chain:
                names = [
                    getattr(each, "__name__", repr(each)) for each in (*chain[chain.index(call) :], call)
                ]
                return DeclarationError(
                    f"These dependencies depend on each other in a circle: {' -> '.join(names)}",
                    at=place_of_parameter(chain[-1], parameter.name),
                    instead=f"def {names[-2]}(...) without {parameter.name!r}: one of them has to do without the other",
                )
            if call is not None:
                waiting.append([*chain, call])
    return error


def _dependency_of(parameter: Parameter) -> Any:
    details = analyze_param(
        param_name=parameter.name,
        annotation=parameter.annotation,
        value=parameter.default,
        path_param_names=(),
    )
    return None if details.depends is None else details.depends.dependency


def _sub_dependant(depends: Depends, parent: Dependant, parameter: Parameter) -> Dependant:
    call: Any = depends.dependency
    name = parameter.name
    if isinstance(call, ForwardRef):
        raise DeclarationError(
            f"The dependency of {name!r} cannot be found: {call.__forward_arg__!r} is no name of its module",
            instead="define it at the top level of the module, since annotations there are texts "
            "(`from __future__ import annotations`)",
        )
    if call is Any or not callable(call):
        raise _not_callable(call, parameter, parent)
    if is_made_context_manager(call) and is_generator(kind_of(call)):
        raise DeclarationError(
            f"The dependency {call.__name__}() is decorated as a context manager, which Depends() does by itself",
            at=place_of(call),
            instead=f"def {call.__name__}(): without the decorator, and with its `yield`",
        )
    if depends.scope == "function" and lifetime_of(parent) == "request":
        raise DependencyScopeError(
            f'The dependency "{getattr(parent.call, "__name__", parent.call)}" has a scope of "request", '
            'it cannot depend on dependencies with scope "function".',
            instead=f'{name} = Depends({getattr(call, "__name__", "...")}, scope="request")',
        )
    return get_dependant(
        path=parent.path or "",
        call=call,
        name=name,
        parent_oauth_scopes=oauth_scopes(parent),
        own_oauth_scopes=_scopes_of(depends),
        use_cache=depends.use_cache,
        scope=depends.scope,
        concurrency=depends._concurrency,  # noqa: SLF001  # the declaration's own limit, shared by its uses
    )


def _not_callable(call: object, parameter: Parameter, parent: Dependant) -> DeclarationError:
    name = parameter.name
    place = None if parent.call is None else place_of_parameter(parent.call, name)
    if call is Any:
        return DeclarationError(
            f"The dependency of {name!r} is not said: Depends() is empty, and {name!r} has no type",
            instead=f"{name} = Depends(get_{name}), or {name}: SomeClass = Depends()",
        )
    kind = "" if parameter.annotation in (Parameter.empty, Any) else f": {type_name(parameter.annotation)}"
    return DeclarationTypeError(
        f"The dependency of {name!r} is not callable: {call!r}",
        instead=f"{name}{kind} = Depends({_function_of(call, place)}), the function itself, not what it returns",
    )


def _function_of(result: object, place: Place | None) -> str:
    """Name the function that a dependency probably is the result of, from its source or from the result itself."""
    if place is not None and (called := _CALLED.search(source_line(place.file, place.line))):
        return called[1]
    if isinstance(result, str) and result.isidentifier():
        return result
    return getattr(result, "__name__", None) or "get_value"


def _scopes_of(depends: Depends) -> list[str] | None:
    if isinstance(depends, Security) and depends.scopes:
        return list(depends.scopes)
    return None
