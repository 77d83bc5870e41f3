"""What to write instead of a parameter that cannot be read as it stands."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Annotated, Any, get_args, get_origin

from straightway import param_functions
from straightway.errors import DeclarationError
from straightway.wording import type_name

__all__ = ["refuse_unmade_marker", "remedy_for_type"]

_MARKERS = tuple(getattr(param_functions, name) for name in param_functions.__all__)


def refuse_unmade_marker(name: str, annotation: Any, value: Any) -> None:
    """Refuse `= Depends` and `= Query`, without the parentheses, which Python takes for an odd default."""
    metadata = annotation.__metadata__ if get_origin(annotation) is Annotated else ()
    marker = next((each for each in (value, *metadata) if inspect.isfunction(each)), None)
    if marker is None or marker not in _MARKERS:
        return
    bare = get_args(annotation)[0] if metadata else annotation
    kind = "" if bare is Any else f": {type_name(bare)}"
    made = f"Depends(get_{name})" if marker is param_functions.Depends else f"{marker.__name__}()"
    raise DeclarationError(
        f"{marker.__name__} without parentheses says nothing about {name!r}",
        instead=f"{name}{kind} = {made}",
    )


def remedy_for_type(name: str, annotation: Any, said: Iterable[object]) -> str:
    """Say what a parameter should look like whose type Pydantic knows nothing about.

    `said` is what stands beside the type: a function among it was probably meant for `Depends()`.
    """
    kind = type_name(annotation)
    maker = next((each for each in said if inspect.isroutine(each)), None)
    depends = f"{name}: {kind} = Depends({maker.__name__ if maker else f'get_{name}'})"
    if maker is not None:
        return depends
    if not isinstance(annotation, type):
        return f"{depends} if a function makes it; or a type that Pydantic knows if the request brings it"
    model = f"class {kind}(BaseModel) if the request brings it"
    depends = f"{depends} if a function makes it"
    is_record = bool(inspect.get_annotations(annotation)) and "__init__" not in vars(annotation)
    return f"{model}; or {depends}" if is_record else f"{depends}; or {model}"
