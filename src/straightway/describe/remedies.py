"""What to do about exceptions whose cause is known: one or two sentences, with the line to write where that can be told."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException

from straightway.describe.frames import Call, calls_of, chain_of
from straightway.describe.origins import type_text
from straightway.describe.progress import Ended, Planned
from straightway.describe.user_code import owner_of
from straightway.describe.values import safely, type_name
from straightway.errors import DeclarationError, MissingDependencyError, ResponseValidationError
from straightway.plan import Call as CallStep
from straightway.runtime.lifetimes import NOT_AWAITED

__all__ = ["Circumstances", "remedy_of"]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """An exception, the calls that led to it, and where the plan of its endpoint ended."""

    error: BaseException
    calls: list[Call]
    planned: Planned | None
    end: Ended | None


def remedy_of(found: Circumstances) -> str:
    """Say what to do, empty where that is not known: about the exception itself, or else about what it was raised from."""
    errors = [error for error, _ in chain_of(found.error)[:5]]
    for error in _unwrapped(errors):
        for ask in _KNOWN:
            if remedy := ask(error, found):
                return remedy
    return ""


def _unwrapped(errors: list[BaseException]) -> Iterator[BaseException]:
    """Yield the errors, and what is in groups of one, which task groups make of every failure."""
    for error in errors:
        inner = error
        while isinstance(inner, BaseExceptionGroup) and len(inner.exceptions) == 1:
            inner = inner.exceptions[0]
        yield inner


def _says_itself(error: BaseException, _: Circumstances) -> str:
    match error:
        case DeclarationError(instead=str(instead)):
            return instead
        case MissingDependencyError():
            return f'Install it: pip install "{error.install}"'
        case ModuleNotFoundError(name=str(name)):
            top = name.partition(".")[0]
            return (
                f"Install the package that provides {name!r} (often: pip install {top}), or correct the name."
            )
        case _:
            return ""


def _invalid_answer(error: BaseException, found: Circumstances) -> str:
    if not isinstance(error, ResponseValidationError):
        return ""
    function = error.endpoint_function or "The endpoint"
    if inspect.iscoroutine(error.body):
        return _forgotten_await(function, error.body)
    if isinstance(error.body, HTTPException):
        return _raise_it(function)
    model = _model_of(found)
    wanted = f"its response model {model}" if model else "its response model"
    lines = [f"{function}() returned {_a(error.body)} that does not fit {wanted}:"]
    lines += [f"  {_worded(each)}" for each in list(error.errors())[:6]]
    more = len(error.errors()) - 6
    lines += [f"  … and {more} more"] if more > 0 else []
    optional = any(each.get("type") == "missing" for each in error.errors())
    advice = "Return what the model says, or change the model"
    lines.append(f"{advice}{' (a default makes a field optional)' if optional else ''}.")
    return "\n".join(lines)


def _a(value: object) -> str:
    name = type_name(value)
    return "None" if value is None else f"{'an' if name[:1] in 'aeiouAEIO' else 'a'} {name}"


def _model_of(found: Circumstances) -> str:
    if found.planned is None:
        return ""
    answer = found.planned.plan.answer
    field = answer.item if answer.kind != "value" else answer.field
    return "" if field is None else type_text(field.field_info.annotation)


def _worded(error: Any) -> str:
    place = ".".join(str(part) for part in error.get("loc", ())[1:]) or "the value itself"
    given = error.get("input")
    what = "is missing" if error.get("type") == "missing" else f"{error.get('msg', '')} (got {_a(given)})"
    return f"{place}: {what}"


def _bad_return(error: BaseException, found: Circumstances) -> str:
    """Look at what the endpoint has returned, where its answer could not be made of it."""
    if found.end is None or found.planned is None or found.end.where == "step":
        return ""
    endpoint = found.planned.plan.steps[-1]
    if not isinstance(endpoint, CallStep):
        return ""
    value = found.end.values.get(f"v{endpoint.number}")
    function = getattr(endpoint.call, "__name__", "The endpoint")
    if inspect.iscoroutine(value):
        return _forgotten_await(function, value)
    if isinstance(value, HTTPException):
        return _raise_it(function)
    if isinstance(error, RecursionError):
        return f"{function}() returned a value that contains itself: return a model that leaves the way back out."
    if isinstance(error, ValueError | TypeError) and type(value).__module__ != "builtins":
        return (
            f"{function}() returned {_a(value)}, of which no JSON can be made: return a dict or a model, "
            "declare `response_model`, or return a Response."
        )
    return ""


def _forgotten_await(function: str, coroutine: Any) -> str:
    return f"{function}() returned a coroutine: write `return await {coroutine.__name__}(...)`."


def _raise_it(function: str) -> str:
    return f"{function}() returned an HTTPException: write `raise` instead of `return`."


_NOT_AWAITABLE = ("can't be used in 'await' expression", "can't be awaited")
"""What Python says of a value that is no coroutine: until 3.13, and since."""


def _coroutine_used(error: BaseException, _: Circumstances) -> str:
    """Recognise a missing `await`, and one too many."""
    text = safely(lambda: str(error), "")
    if isinstance(error, AttributeError | TypeError) and "coroutine" in text:
        for name, value in _user_locals(error):
            if inspect.iscoroutine(value):
                return f"`{name}` is a coroutine: write `{name} = await {value.__name__}(...)`."
        return "Something that is async was called and not awaited: write `await` before that call."
    if isinstance(error, TypeError) and any(words in text for words in _NOT_AWAITABLE):
        return "What is awaited on the marked line is no coroutine: remove the `await`."
    if isinstance(error, TypeError) and "async" in text and "asynchronous context manager" in text:
        return "That is a plain context manager: write `with` instead of `async with`."
    if isinstance(error, TypeError) and "context manager protocol" in text and "asynchronous" not in text:
        return "If that is an asynchronous context manager, write `async with` instead of `with`."
    return ""


def _user_locals(error: BaseException) -> Iterator[tuple[str, object]]:
    for frame, _, _ in reversed(calls_of(error)):
        if owner_of(frame) == "user":
            yield from frame.f_locals.items()


_SAYINGS: tuple[tuple[str, str, str], ...] = (
    ("RuntimeError", NOT_AWAITED[:40], "End the `except` block of the dependency with `raise`."),
    (
        "RuntimeError",
        "asyncio.run() cannot be called from a running event loop",
        "An event loop runs already: write `await` before the coroutine instead of `asyncio.run(...)`.",
    ),
    (
        "RuntimeError",
        "response already started",
        "Raise what a handler is to answer before the response begins: streams and background tasks come too late.",
    ),
    (
        "ProgrammingError",
        "SQLite objects created in a thread",
        (
            "The connection went from one thread to another: connect with `check_same_thread=False`, or open it in the "
            "dependency of each request."
        ),
    ),
    (
        "OperationalError",
        "no such table",
        "Create the tables first: run the migrations, or `create_all()` in the lifespan; and see that it is this database.",
    ),
    (
        "ProgrammingError",
        "does not exist",
        "Create the tables first: run the migrations; and see that it is this database.",
    ),
    (
        "MissingGreenlet",
        "",
        (
            "A relation was loaded outside of `await`: load it with the query, as in `.options(selectinload(...))`, and "
            "set `expire_on_commit=False` on the session."
        ),
    ),
    (
        "DetachedInstanceError",
        "",
        (
            "The session is closed already: load relations with the query, as in `.options(selectinload(...))`, or make "
            "the answer before the session closes."
        ),
    ),
    (
        "TemplateNotFound",
        "",
        "Correct the name, or the `directory` of `Jinja2Templates(...)`; it counts from where the server was started.",
    ),
    (
        "AttributeError",
        "'State' object has no attribute",
        'Nothing has set it: set it in the lifespan (`app.state.name = ...`, or `yield {"name": ...}` for `request.state`).',
    ),
    (
        "AssertionError",
        "SessionMiddleware must be installed",
        "Add it: `app.add_middleware(SessionMiddleware, secret_key=...)`.",
    ),
    ("RecursionError", "", "A function calls itself without end: see the repeated line below."),
)
"""Class of an exception, what it says, and what helps."""


def _known_saying(error: BaseException, _: Circumstances) -> str:
    text = safely(lambda: str(error), "")
    names = {kind.__name__ for kind in type(error).__mro__}
    return next((remedy for kind, saying, remedy in _SAYINGS if kind in names and saying in text), "")


_KNOWN: tuple[Callable[[BaseException, Circumstances], str], ...] = (
    _says_itself,
    _invalid_answer,
    _bad_return,
    _coroutine_used,
    _known_saying,
)
