"""When dependencies that yield are closed, what they see, and what they may do about it."""

import contextlib
from collections.abc import Iterator
from typing import Annotated, Any

import anyio
import anyio.lowlevel
import pytest

from straightway import BackgroundTasks, Depends, HTTPException, Response, Straightway
from straightway.errors import StraightwayError
from straightway.exceptions import RequestValidationError
from straightway.responses import PlainTextResponse, StreamingResponse
from straightway.testclient import TestClient
from tests.serve.asgi import Exchange, http_scope

KINDS = ["synchronous", "asynchronous"]


class Log(list[str]):
    """What happened, in order."""

    def resource(self, word: str, kind: str, *needs: Any, scope: Any = None) -> Any:
        """Return the declaration of a dependency that notes when it is entered and left."""

        def synchronous(need: Any = needs[0] if needs else 0) -> Iterator[str]:
            self.append(f"{word} in")
            try:
                yield word
            except Exception as error:
                self.append(f"{word} sees {type(error).__name__}")
                raise
            finally:
                self.append(f"{word} out")

        async def asynchronous(need: Any = needs[0] if needs else 0) -> Any:
            self.append(f"{word} in")
            try:
                yield word
            except Exception as error:
                self.append(f"{word} sees {type(error).__name__}")
                raise
            finally:
                await anyio.lowlevel.checkpoint()
                self.append(f"{word} out")

        return Depends(synchronous if kind == "synchronous" else asynchronous, scope=scope)

    def ask(self, app: Straightway, path: str = "/") -> Exchange:
        """Make a request, noting what is sent as well; an exception that reaches the server is in the result."""
        result = Exchange(http_scope(path, method="GET"))

        async def send(message: Any) -> None:
            result.sent.append(message)
            if message["type"] == "http.response.start":
                self.append(f"start {message['status']}")
            elif message.get("body"):
                self.append(f"sent {message['body'].decode()}")

        async def run() -> None:
            try:
                await app(result.scope, _never, send)
            except Exception as error:  # noqa: BLE001  # the result says so
                result.error = error

        anyio.run(run)
        return result


@pytest.fixture
def log() -> Log:
    """Return an empty log."""
    return Log()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Return the kind of generator that the dependencies are."""
    return request.param


# The order


@pytest.mark.parametrize("endpoint_kind", KINDS)
def test_the_order_around_an_answer(log: Log, kind: str, endpoint_kind: str):
    """Function scope ends before anything is sent, request scope after the body and the background tasks."""
    app = Straightway()
    outer = log.resource("r1", kind)
    inner = log.resource("r2", kind, outer)
    function = log.resource("fn1", kind, inner, scope="function")

    async def asynchronous(tasks: BackgroundTasks, value: Annotated[str, function]):
        log.append("endpoint")
        tasks.add_task(log.append, "background")
        return value

    def synchronous(tasks: BackgroundTasks, value: Annotated[str, function]):
        log.append("endpoint")
        tasks.add_task(log.append, "background")
        return value

    app.get("/")(asynchronous if endpoint_kind == "asynchronous" else synchronous)
    log.ask(app)

    assert log == [
        "r1 in",
        "r2 in",
        "fn1 in",
        "endpoint",
        "fn1 out",
        "start 200",
        'sent "fn1"',
        "background",
        "r2 out",
        "r1 out",
    ]


def test_the_order_around_a_streaming_response(log: Log, kind: str):
    """Request scope is open while a stream is sent, function scope is not."""
    app = Straightway()

    @app.get("/")
    async def endpoint(
        r: Annotated[str, log.resource("r", kind)],
        f: Annotated[str, log.resource("f", kind, scope="function")],
    ):
        async def chunks():
            yield "1"
            yield "2"

        return StreamingResponse(chunks())

    log.ask(app)

    assert log == ["r in", "f in", "f out", "start 200", "sent 1", "sent 2", "r out"]


def test_the_order_around_a_generator_endpoint(log: Log, kind: str):
    """The body of a generator runs when function scope has ended and request scope has not."""
    app = Straightway()

    @app.get("/")
    async def endpoint(
        r: Annotated[str, log.resource("r", kind)],
        f: Annotated[str, log.resource("f", kind, scope="function")],
    ):
        log.append("generator")
        yield 1

    log.ask(app)

    assert log == ["r in", "f in", "f out", "start 200", "generator", "sent 1\n", "r out"]


def test_mixed_kinds_are_closed_in_reverse(log: Log):
    """Synchronous and asynchronous generators share one order."""
    app = Straightway()
    needs = [log.resource(str(number), KINDS[number % 2]) for number in range(4)]
    app.get("/", dependencies=needs)(lambda: None)

    log.ask(app)

    assert [each for each in log if each.endswith("out")] == ["3 out", "2 out", "1 out", "0 out"]


# Exceptions


@pytest.mark.parametrize("scope", ["request", "function"])
@pytest.mark.parametrize("error", [KeyError("x"), HTTPException(418), RequestValidationError([])])
def test_all_that_is_open_sees_an_exception(log: Log, kind: str, scope: str, error: Exception):
    """An exception of the endpoint is raised at each `yield`, innermost first, before its handler runs."""
    app = Straightway()

    @app.exception_handler(type(error))
    async def handler(request: Any, error: Exception):
        log.append("handler")
        return PlainTextResponse("handled", status_code=418)

    needs = [log.resource("1", kind), log.resource("2", kind, scope=scope)]

    @app.get("/", dependencies=needs)
    async def endpoint():
        raise error

    log.ask(app)

    name = type(error).__name__
    assert log == [
        "1 in",
        "2 in",
        f"2 sees {name}",
        "2 out",
        f"1 sees {name}",
        "1 out",
        "handler",
        "start 418",
        "sent handled",
    ]


def test_an_exception_of_a_later_dependency_is_seen(log: Log, kind: str):
    """What is open when a dependency fails to start is closed with its exception; what comes later is not entered."""
    app = Straightway()

    def failing() -> None:
        raise HTTPException(403)

    needs = [log.resource("1", kind), Depends(failing), log.resource("2", kind)]
    app.get("/", dependencies=needs)(lambda: None)

    log.ask(app)

    assert log[:4] == ["1 in", "1 sees HTTPException", "1 out", "start 403"]


def test_invalid_parameters_are_seen(log: Log, kind: str):
    """Dependencies that were entered get the validation error of other parameters, then 422 is sent."""
    app = Straightway()

    @app.get("/", dependencies=[log.resource("1", kind)])
    async def endpoint(q: int):
        log.append("endpoint")

    log.ask(app)

    assert log[:4] == ["1 in", "1 sees RequestValidationError", "1 out", "start 422"]


@pytest.mark.parametrize("scope", ["request", "function"])
def test_a_dependency_may_replace_the_exception(scope: Any):
    """What a dependency raises in place of an exception is answered, and is what those around it see."""
    app = Straightway()
    seen: list[str] = []

    async def around():
        try:
            yield
        except HTTPException as error:
            seen.append(error.detail)
            raise

    def replacing():
        try:
            yield
        except ValueError as error:
            raise HTTPException(400, f"not {error}") from error

    @app.get("/", dependencies=[Depends(around), Depends(replacing, scope=scope)])
    async def endpoint():
        raise ValueError("this")

    response = TestClient(app).get("/")

    assert (response.status_code, response.json(), seen) == (400, {"detail": "not this"}, ["not this"])


@pytest.mark.parametrize("scope", ["request", "function"])
@pytest.mark.parametrize("is_async", [True, False])
def test_a_swallowed_exception_is_an_error(is_async: bool, scope: Any):
    """A dependency that catches an exception and raises none leaves no answer to send: that is said."""
    app = Straightway()

    def synchronous():
        with contextlib.suppress(ValueError):
            yield

    async def asynchronous():
        with contextlib.suppress(ValueError):
            yield

    @app.get("/", dependencies=[Depends(asynchronous if is_async else synchronous, scope=scope)])
    async def endpoint():
        raise ValueError

    with pytest.raises(StraightwayError, match="Response not awaited"):
        TestClient(app).get("/")
    assert TestClient(app, raise_server_exceptions=False).get("/").status_code == 500


def test_an_error_at_the_end_of_function_scope_is_answered():
    """What is raised after the `yield` in function scope is in time for a response."""
    app = Straightway()

    async def checked():
        yield
        raise HTTPException(409, "commit failed")

    app.get("/", dependencies=[Depends(checked, scope="function")])(lambda: "never sent")

    assert TestClient(app).get("/").json() == {"detail": "commit failed"}


def test_an_error_at_the_end_of_request_scope_is_too_late(log: Log):
    """What is raised after the `yield` in request scope reaches the server, and the client has the answer."""
    app = Straightway()

    def late():
        yield
        raise LookupError

    app.get("/", dependencies=[log.resource("1", "synchronous"), Depends(late)])(lambda: "sent")

    result = log.ask(app)

    assert log == ["1 in", "start 200", 'sent "sent"', "1 sees LookupError", "1 out"]
    assert isinstance(result.error, LookupError)


def test_a_failing_background_task_is_seen(log: Log, kind: str):
    """Request scope is open while background tasks run, and sees what they raise; later tasks do not run."""
    app = Straightway()

    def fail() -> None:
        raise LookupError

    @app.get("/", dependencies=[log.resource("1", kind)])
    async def endpoint(tasks: BackgroundTasks):
        tasks.add_task(fail)
        tasks.add_task(log.append, "second")
        return "sent"

    result = log.ask(app)

    assert log == ["1 in", "start 200", 'sent "sent"', "1 sees LookupError", "1 out"]
    assert isinstance(result.error, LookupError)


def test_all_are_closed_when_closing_fails(log: Log, kind: str):
    """An error while one dependency is closed is seen by those around it, which are closed as well."""
    app = Straightway()

    async def failing():
        yield
        raise LookupError

    needs = [log.resource("1", kind), log.resource("2", kind), Depends(failing, scope="function")]
    app.get("/", dependencies=needs)(lambda: None)

    log.ask(app)

    assert log[2:6] == ["2 sees LookupError", "2 out", "1 sees LookupError", "1 out"]


@pytest.mark.parametrize("scope", ["request", "function"])
def test_headers_may_be_set_until_the_yield(scope: Any):
    """The injected response is read when the endpoint has returned: what is set after the `yield` has no effect."""
    app = Straightway()

    def setting(response: Response):
        response.headers["x-before"] = "1"
        yield
        response.headers["x-after"] = "1"

    app.get("/", dependencies=[Depends(setting, scope=scope)])(lambda: None)

    headers = TestClient(app).get("/").headers

    assert ("x-before" in headers, "x-after" in headers) == (True, False)


@pytest.mark.parametrize("is_async", [True, False])
def test_a_generator_that_yields_twice_is_an_error(is_async: bool):
    """A dependency yields once; another value is a `RuntimeError`, as with context managers."""
    app = Straightway()

    def synchronous():
        yield 1
        yield 2

    async def asynchronous():
        yield 1
        yield 2

    app.get("/", dependencies=[Depends(asynchronous if is_async else synchronous)])(lambda: None)

    with pytest.raises(RuntimeError, match="didn't stop"):
        TestClient(app).get("/")


def test_a_task_group_may_be_open_at_the_yield():
    """Entering and leaving happen in one task, so cancel scopes and task groups work."""
    app = Straightway()
    done: list[str] = []

    async def group():
        async def work() -> None:
            done.append("work")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(work)
            yield tasks

    app.get("/", dependencies=[Depends(group)])(lambda: "answered")

    assert TestClient(app).get("/").json() == "answered"
    assert done == ["work"]


def test_clean_up_is_not_cut_short(log: Log):
    """A request that is cancelled while its endpoint runs still awaits the clean-up of its dependencies."""
    app = Straightway()

    @app.get("/", dependencies=[log.resource("1", "asynchronous"), log.resource("2", "synchronous")])
    async def endpoint():
        log.append("waiting")
        scope.cancel()
        await anyio.sleep_forever()

    async def run() -> None:
        nonlocal scope
        with anyio.CancelScope() as scope:
            await app(http_scope(method="GET"), _never, _ignored)

    scope: Any = None
    anyio.run(run)

    assert log == ["1 in", "2 in", "waiting", "2 out", "1 out"]


async def _never() -> Any:
    await anyio.sleep_forever()


async def _ignored(message: Any) -> None:
    pass
