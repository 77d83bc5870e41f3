"""A callable to its dependency tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ForwardRef, Literal

from straightway.analyse.dependant import Dependant, lifetime_of, oauth_scopes
from straightway.analyse.parameters import (
    add_non_field_param_to_dependency,
    add_param_to_fields,
    analyze_param,
)
from straightway.analyse.signature import typed_signature
from straightway.declare.depends import Depends, Security
from straightway.errors import DeclarationError, DependencyScopeError
from straightway.utils import get_path_param_names


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
    for parameter in typed_signature(call).parameters.values():
        details = analyze_param(
            param_name=parameter.name,
            annotation=parameter.annotation,
            value=parameter.default,
            path_param_names=path_param_names,
        )
        if details.depends is not None:
            dependant.dependencies.append(_sub_dependant(details.depends, dependant, parameter.name))
        elif details.field is not None:
            add_param_to_fields(field=details.field, dependant=dependant)
        else:
            add_non_field_param_to_dependency(
                param_name=parameter.name, type_annotation=details.type_annotation, dependant=dependant
            )
    return dependant


def get_parameterless_sub_dependant(*, depends: Depends, path: str) -> Dependant:
    """Analyse a dependency from a `dependencies=[...]` list: its value goes nowhere.

    So there is nothing to keep apart from other uses, and `use_cache=False` means nothing here, as in FastAPI.
    """
    if not callable(depends.dependency):
        raise DeclarationError(
            "A parameter-less dependency must have a callable dependency",
            instead="name the function: dependencies=[Depends(verify)]",
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
    dependant = get_dependant(path=path, call=endpoint, scope="function")
    dependant.dependencies[:0] = [
        get_parameterless_sub_dependant(depends=each, path=path) for each in dependencies
    ]
    return dependant


def _sub_dependant(depends: Depends, parent: Dependant, name: str) -> Dependant:
    call: Any = depends.dependency
    if isinstance(call, ForwardRef):
        raise DeclarationError(
            f"The dependency of {name!r} cannot be found: {call.__forward_arg__!r} is no name of its module",
            instead="define it at the top level of the module, since annotations there are texts "
            "(`from __future__ import annotations`)",
        )
    if not callable(call):
        raise DeclarationError(
            f"The dependency of {name!r} is not callable: {call!r}",
            instead="pass the function itself, Depends(f), not the result of calling it, Depends(f())",
        )
    if depends.scope == "function" and lifetime_of(parent) == "request":
        raise DependencyScopeError(
            f'The dependency "{getattr(parent.call, "__name__", parent.call)}" has a scope of "request", '
            'it cannot depend on dependencies with scope "function".'
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


def _scopes_of(depends: Depends) -> list[str] | None:
    if isinstance(depends, Security) and depends.scopes:
        return list(depends.scopes)
    return None
