import anyio
import pytest

from straightway import Straightway
from straightway.logs.tracebacks import folded, whole
from tests.serve.asgi import ask, http_scope


def raised_by(endpoint, *middleware):
    """Return what an application raises whose endpoint is this function."""
    app = Straightway()
    app.get("/")(endpoint)
    for each in middleware:
        app.middleware("http")(each)
    return ask(app, scope=http_scope(method="GET"), catch=True).error


def failing():
    """Raise in the user's code."""
    raise ValueError("in a thread")


def test_frames_of_the_framework_are_counted():
    """The reader sees their own lines, and that there were others."""
    text = folded(raised_by(failing))

    assert text.startswith("Traceback (most recent call last):\n")
    assert 'raise ValueError("in a thread")' in text
    assert text.endswith("ValueError: in a thread")
    assert "src/straightway" not in text
    assert "<straightway GET /" not in text
    assert "frames of straightway" in text


def test_own_frames_between_those_of_the_framework_stay():
    """A middleware function of the application is on the way to its endpoint."""

    async def passing(request, call_next):
        return await call_next(request)

    text = folded(raised_by(failing, passing))

    assert "return await call_next(request)" in text
    assert len([line for line in text.splitlines() if line.startswith("  ... ")]) == 2


def test_where_it_was_raised_is_always_shown():
    """A mistake that the framework finds in what it is given ends in a frame of its own."""
    app = Straightway()

    @app.get("/")
    async def index():
        return object()

    error = ask(app, scope=http_scope(method="GET"), catch=True).error

    frames, _, told = folded(error).partition("straightway.errors.UnwritableError: ")
    assert "encoders.py" in frames
    assert "index() returned a value of type object" in told
    assert len(folded(error).splitlines()) < 15


def test_a_cause_that_was_never_raised_has_no_frames():
    """`raise ... from KeyError("x")`: the cause is named without a place."""

    def failing_for_a_reason():
        raise ValueError("wrong") from KeyError("never raised")

    text = folded(raised_by(failing_for_a_reason))

    assert "KeyError: 'never raised'" in text
    assert text.rstrip().endswith("ValueError: wrong")


def test_the_whole_traceback_is_that_of_python():
    """Nothing is left out for programs."""
    text = whole(raised_by(failing))

    assert "<straightway GET /" in text
    assert "... " not in text


def test_causes_and_groups_are_folded_too():
    """All exceptions that are part of it are shown, each with its own frames."""

    async def grouped():
        async def child():
            try:
                failing()
            except ValueError as error:
                raise LookupError("for that reason") from error

        async with anyio.create_task_group() as group:
            group.start_soon(child)

    text = folded(raised_by(grouped))

    assert "ExceptionGroup" in text
    assert "LookupError: for that reason" in text
    assert "The above exception was the direct cause" in text
    assert text.count("/anyio/") == 1, "where the group was raised"


class Hostile(Exception):
    """An exception that cannot be shown."""

    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize("make", [folded, whole])
def test_an_exception_that_cannot_be_shown_is_shown_as_far_as_possible(make):
    """The traceback is there; only its last line says that there is no text."""
    assert "Hostile: <exception str() failed>" in make(Hostile())


@pytest.mark.parametrize("make", [folded, whole])
def test_an_exception_without_a_traceback_has_its_last_line(make):
    """It was made and never raised."""
    assert make(ValueError("a")) == "ValueError: a"
