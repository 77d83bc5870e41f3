"""The true parameters of any callable: string annotations evaluated, names of `TYPE_CHECKING` blocks tolerated."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, ForwardRef

from typing_extensions import TypeAliasType

from straightway.analyse.callables import unwrapped


def typed_signature(call: Callable[..., Any]) -> inspect.Signature:
    """Return the signature of `call` with annotations as types; a name that cannot be found stays a ForwardRef.

    Raises ValueError or TypeError, as `inspect.signature` does, for callables without a signature.
    """
    signature, namespace = _raw_signature(call), _namespace(call)
    return inspect.Signature([_typed(each, namespace) for each in signature.parameters.values()])


def _typed(parameter: inspect.Parameter, namespace: dict[str, Any]) -> inspect.Parameter:
    annotation = typed_annotation(parameter.annotation, namespace)
    return parameter if annotation is parameter.annotation else parameter.replace(annotation=annotation)


def typed_return_annotation(call: Callable[..., Any]) -> Any:
    """Return what `call` says it returns, or None when it says nothing."""
    annotation = _own_return_annotation(call)
    if annotation is None or isinstance(annotation, str):
        annotation = _raw_signature(call).return_annotation
    if annotation is inspect.Signature.empty:
        return None
    return typed_annotation(annotation, _namespace(call))


def _own_return_annotation(call: Callable[..., Any]) -> Any:
    """Return what stands in a plain function itself; None where its signature says it."""
    if not isinstance(call, FunctionType) or vars(call):  # such as `__wrapped__` and `__signature__`
        return None
    try:
        return call.__annotations__.get("return")
    except Exception:  # noqa: BLE001  # Python 3.14 evaluates annotations here, and names may be unknown
        return None


def typed_annotation(annotation: Any, globalns: dict[str, Any]) -> Any:
    """Evaluate one annotation if it is a string; "None" means None, as PEP 484 has it."""
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        annotation = _evaluated(annotation, globalns)
        if annotation is type(None):
            return None
    return annotation


def without_alias(annotation: Any) -> Any:
    """Return what a `type X = ...` alias (PEP 695) stands for, one level deep."""
    if isinstance(annotation, TypeAliasType):
        return annotation.__value__
    builtin = getattr(sys.modules["typing"], "TypeAliasType", None)
    if builtin is not None and isinstance(annotation, builtin):
        return annotation.__value__
    return annotation


class _Lenient(dict[str, Any]):
    """A namespace in which an unknown name is a forward reference to itself.

    `Annotated["Session", Depends(get)]` keeps its marker even where `Session` is imported for type checkers only.
    """

    def __missing__(self, name: str) -> Any:
        import builtins

        try:
            return getattr(builtins, name)
        except AttributeError:
            return ForwardRef(name)


def _evaluated(text: str, namespace: dict[str, Any]) -> Any:
    try:
        # The namespace stands for both, since functions inside the text look their names up among the globals.
        return eval(text, namespace, _Lenient(namespace))  # noqa: S307  # the user's own annotation, as typing evaluates it
    except Exception:  # noqa: BLE001  # e.g. an attribute of a name that is only there for type checkers
        return ForwardRef(text)


def _raw_signature(call: Callable[..., Any]) -> inspect.Signature:
    try:
        return inspect.signature(call, eval_str=True)
    except Exception:  # noqa: BLE001  # an annotation that does not evaluate as a whole is evaluated name by name
        return _unevaluated_signature(call)


def _unevaluated_signature(call: Callable[..., Any]) -> inspect.Signature:
    if sys.version_info >= (3, 14):
        from annotationlib import Format

        return inspect.signature(call, annotation_format=Format.FORWARDREF)
    return inspect.signature(call)


def _namespace(call: Callable[..., Any]) -> dict[str, Any]:
    function = unwrapped(call)
    if not hasattr(function, "__globals__"):
        # A class or an instance: the method that declares the parameters knows the module's names.
        method = function.__init__ if inspect.isclass(function) else getattr(function, "__call__", None)  # noqa: B004
        function = unwrapped(method) if method is not None else function
        function = getattr(function, "__func__", function)
    return getattr(function, "__globals__", {})
