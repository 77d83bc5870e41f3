"""Exceptions that become responses, and those that reach the server."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware

from straightway import Depends, Form, HTTPException, Request, Straightway
from straightway.exceptions import RequestValidationError, ResponseValidationError
from straightway.middleware import Middleware
from straightway.responses import JSONResponse, PlainTextResponse, StreamingResponse
from straightway.testclient import TestClient
from tests.serve.asgi import ask


class Problem(Exception):
    """What an endpoint raises."""


class SpecialProblem(Problem):
    """A kind of it."""


async def pass_through(request: Any, call_next: Any) -> Any:
    """Do nothing."""
    return await call_next(request)


@pytest.fixture(params=["bare", "with middleware"])
def app(request: pytest.FixtureRequest) -> Straightway:
    """Return an application, whose layers for failures are one or two."""
    middleware = [Middleware(BaseHTTPMiddleware, dispatch=pass_through)]
    return Straightway(middleware=middleware if request.param == "with middleware" else None)


def raising(app: Straightway, error: Any, path: str = "/", **options: Any) -> None:
    """Declare an endpoint that raises the exception."""

    @app.get(path, **options)
    async def endpoint():
        raise error


def saying(word: str, status: int = 418) -> Any:
    """Return a handler that answers with a word and the exception's class."""

    async def handler(request: Request, error: Exception) -> PlainTextResponse:
        return PlainTextResponse(f"{word} {type(error).__name__} at {request.url.path}", status_code=status)

    return handler


# Handlers


def test_http_exceptions_are_answered(app: Straightway):
    """Status, detail and headers of an `HTTPException` are the answer, Starlette's class included."""
    raising(app, HTTPException(402, {"why": ["money"]}, headers={"x-more": "1"}))
    raising(app, StarletteHTTPException(409), "/starlette")
    raising(app, HTTPException(204, headers={"x-more": "2"}), "/empty")
    client = TestClient(app)

    first, second, third = client.get("/"), client.get("/starlette"), client.get("/empty")

    assert (first.status_code, first.json(), first.headers["x-more"]) == (
        402,
        {"detail": {"why": ["money"]}},
        "1",
    )
    assert (second.status_code, second.json()) == (409, {"detail": "Conflict"})
    assert (third.status_code, third.content, third.headers["x-more"]) == (204, b"", "2")


@pytest.mark.parametrize(
    ("handlers", "error", "expected"),
    [
        ({Problem: "base"}, SpecialProblem(), "base SpecialProblem at /"),
        ({Problem: "base", SpecialProblem: "own"}, SpecialProblem(), "own SpecialProblem at /"),
        ({Problem: "base", SpecialProblem: "own"}, Problem(), "base Problem at /"),
        ({LookupError: "lookup"}, KeyError("x"), "lookup KeyError at /"),
        ({404: "status", HTTPException: "class"}, HTTPException(404), "status HTTPException at /"),
        ({404: "status", HTTPException: "class"}, HTTPException(403), "class HTTPException at /"),
        ({StarletteHTTPException: "starlette"}, HTTPException(403), "starlette HTTPException at /"),
    ],
)
def test_the_nearest_handler_answers(app: Straightway, handlers: Any, error: Exception, expected: str):
    """The status of an `HTTPException` comes first, then the class and its bases in their order."""
    for key, word in handlers.items():
        app.add_exception_handler(key, saying(word))
    raising(app, error)

    response = TestClient(app).get("/")

    assert (response.status_code, response.text) == (418, expected)


def test_handlers_may_be_given_decorated_and_synchronous(app: Straightway):
    """Handlers are declared in three ways; one that is no coroutine runs in a worker thread."""
    given = Straightway(exception_handlers={Problem: saying("given")})
    raising(given, Problem())

    @app.exception_handler(Problem)
    def answer(request: Request, error: Problem):
        return JSONResponse({"handled": type(error).__name__}, status_code=400)

    raising(app, SpecialProblem())

    assert TestClient(given).get("/").text == "given Problem at /"
    assert TestClient(app).get("/").json() == {"handled": "SpecialProblem"}


def test_handlers_of_dependencies_errors_too(app: Straightway):
    """It does not matter whether the endpoint or a dependency raises, in a thread or on the loop."""
    app.add_exception_handler(Problem, saying("handled"))

    def refuse():
        raise Problem

    app.get("/", dependencies=[Depends(refuse)])(lambda: "never")

    assert TestClient(app).get("/").text == "handled Problem at /"


def test_handlers_run_after_dependencies_are_unwound(app: Straightway):
    """Dependencies that yield see the exception and clean up, of either scope, before its handler runs."""
    log: list[str] = []

    def resource(word: str) -> Any:
        async def dependency() -> AsyncIterator[None]:
            log.append(f"{word} in")
            try:
                yield
            except Problem:
                log.append(f"{word} sees")
                raise
            finally:
                log.append(f"{word} out")

        return dependency

    @app.exception_handler(Problem)
    async def handler(request: Request, error: Problem):
        log.append("handler")
        return PlainTextResponse("handled")

    raising(
        app,
        Problem(),
        dependencies=[Depends(resource("request")), Depends(resource("function"), scope="function")],
    )
    TestClient(app).get("/")

    assert log == [
        "request in",
        "function in",
        "function sees",
        "function out",
        "request sees",
        "request out",
        "handler",
    ]


def test_a_validation_handler_may_read_the_body(app: Straightway):
    """The handler gets the body as the exception's, and can read it from the request as well."""

    class Item(BaseModel):
        name: str

    @app.post("/")
    async def create(item: Item):
        pass

    @app.exception_handler(RequestValidationError)
    async def handler(request: Request, error: RequestValidationError):
        return JSONResponse(
            {"body": error.body, "raw": (await request.body()).decode(), "n": len(error.errors())}
        )

    assert TestClient(app).post("/", json={"nome": "x"}).json() == {
        "body": {"nome": "x"},
        "raw": '{"nome":"x"}',
        "n": 1,
    }


def test_a_validation_handler_may_read_the_form(app: Straightway):
    """A form that has been read once is there for the handler, too."""

    @app.post("/")
    async def create(name: Annotated[str, Form()], age: Annotated[int, Form()]):
        pass

    @app.exception_handler(RequestValidationError)
    async def handler(request: Request, error: RequestValidationError):
        return JSONResponse(dict(await request.form()))

    assert TestClient(app).post("/", data={"name": "x", "age": "y"}).json() == {"name": "x", "age": "y"}


def test_an_invalid_answer_has_a_handler_like_any_exception(app: Straightway):
    """`ResponseValidationError` is the server's fault: raised to it, unless there is a handler."""
    app.get("/", response_model=int)(lambda: "x")

    with pytest.raises(ResponseValidationError):
        TestClient(app).get("/")

    app.middleware_stack = None  # handlers are taken over when the layers are built
    app.add_exception_handler(ResponseValidationError, saying("invalid", 500))
    assert TestClient(app).get("/").text == "invalid ResponseValidationError at /"


def test_an_exception_instance_may_be_raised_again(app: Straightway):
    """One instance that is raised for each request is answered each time and gathers no tracebacks."""
    error = HTTPException(400, "always the same")
    raising(app, error)
    client = TestClient(app)

    answers = [client.get("/").json() for _ in range(3)]

    assert answers == [{"detail": "always the same"}] * 3
    assert error.__traceback__ is None


# What has no handler


def test_an_unexpected_error_is_answered_and_raised(app: Straightway):
    """The client gets 500 in plain text, and the server the exception."""
    error = Problem("broken")
    raising(app, error)

    result = ask(app, method="GET", catch=True)

    assert (result.status, result.body) == (500, b"Internal Server Error")
    assert result.error is error


@pytest.mark.parametrize("key", [500, Exception])
def test_the_handler_of_last_resort_answers(app: Straightway, key: Any):
    """The handler for 500 or `Exception` makes the answer; the exception is raised to the server all the same."""
    app.add_exception_handler(key, saying("last resort", 503))
    raising(app, Problem())

    result = ask(app, method="GET", catch=True)

    assert (result.status, result.body) == (503, b"last resort Problem at /")
    assert isinstance(result.error, Problem)


def test_a_failing_handler_is_an_unexpected_error(app: Straightway):
    """What a handler raises goes to the handler of last resort."""

    @app.exception_handler(Problem)
    async def failing(request: Request, error: Problem):
        raise LookupError("handler")

    app.add_exception_handler(Exception, saying("last resort", 500))
    raising(app, Problem())

    result = ask(app, method="GET", catch=True)

    assert result.body == b"last resort LookupError at /"
    assert isinstance(result.error, LookupError)


def test_the_debug_page_shows_the_traceback(app: Straightway):
    """With `debug` the answer tells what went wrong; handlers of last resort are not asked."""
    app.debug = True
    app.add_exception_handler(Exception, saying("last resort", 500))
    raising(app, Problem("broken"))
    client = TestClient(app, raise_server_exceptions=False)

    data, page = client.get("/"), client.get("/", headers={"accept": "text/html"})
    text = client.get("/", headers={"accept": "text/plain"})

    assert (text.status_code, text.headers["content-type"]) == (500, "text/plain; charset=utf-8")
    assert "Problem: broken" in text.text
    assert data.json()["error"]["message"] == "broken"
    assert "<title>" in page.text
    assert "broken" in page.text


def test_an_error_after_the_start_of_a_response_is_raised(app: Straightway):
    """A stream that breaks cannot be answered any more: what was sent stays, the server gets the exception."""

    @app.get("/")
    async def endpoint():
        async def chunks():
            yield b"one"
            raise LookupError("broken")

        return StreamingResponse(chunks())

    app.add_exception_handler(Exception, saying("last resort", 500))
    result = ask(app, method="GET", catch=True)

    assert (result.status, result.types.count("start")) == (200, 1)
    assert result.body == b"one"
    assert isinstance(result.error, LookupError)


def test_a_handler_cannot_answer_after_the_start_of_a_response():
    """An exception that has a handler, raised too late for it, is a `RuntimeError` that names it as its cause."""
    app = Straightway()

    async def late() -> AsyncIterator[None]:
        yield
        raise HTTPException(400)

    app.get("/", dependencies=[Depends(late)])(lambda: "sent")

    result = ask(app, method="GET", catch=True)

    assert (result.status, result.body) == (200, b'"sent"')
    assert isinstance(result.error, RuntimeError)
    assert str(result.error) == "Caught handled exception, but response already started."
    assert isinstance(result.error.__cause__, HTTPException)


# Layers


def test_handlers_answer_inside_middleware():
    """Middleware sees the response of a handled exception, and the exception that has no handler."""
    app = Straightway(exception_handlers={Problem: saying("handled")})
    seen: list[Any] = []

    @app.middleware("http")
    async def watch(request: Request, call_next: Any):
        try:
            response = await call_next(request)
        except LookupError as error:
            seen.append(error)
            return PlainTextResponse("rescued")
        seen.append(response.status_code)
        return response

    raising(app, Problem(), "/handled")
    raising(app, KeyError("x"), "/unhandled")
    client = TestClient(app)

    assert [client.get("/handled").text, client.get("/unhandled").text] == [
        "handled Problem at /handled",
        "rescued",
    ]
    assert seen[0] == 418
    assert isinstance(seen[1], KeyError)


def test_errors_of_middleware_go_to_the_last_resort():
    """Handlers by class are for what comes from inside; what middleware raises has that of 500 alone."""
    app = Straightway(exception_handlers={Problem: saying("handled"), 500: saying("last resort", 500)})

    @app.middleware("http")
    async def failing(request: Request, call_next: Any):
        raise Problem

    result = ask(app, method="GET", catch=True)

    assert result.body == b"last resort Problem at /"


def test_the_layers_can_be_walked(app: Straightway):
    """From the outermost layer `.app` leads to the one for handlers and to the router, as in Starlette."""
    layer: Any = app.build_middleware_stack()
    layers = [layer]
    while layer is not app.router:
        layer = layer.app
        layers.append(layer)

    assert isinstance(layers[0], ServerErrorMiddleware)
    assert (layers[0].debug, layers[0].handler) == (False, None)
    assert isinstance(layers[-2], ExceptionMiddleware)


def test_a_layer_put_below_the_outermost_one_is_called():
    """What instrumentation puts between the outermost layer and the rest sees the requests."""
    app = Straightway()
    app.get("/")(lambda: "hello")
    seen: list[str] = []
    outermost: Any = app.build_middleware_stack()
    inner = outermost.app

    async def between(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["path"])
        await inner(scope, receive, send)

    outermost.app = between
    app.middleware_stack = outermost

    assert TestClient(app).get("/").json() == "hello"
    assert seen == ["/"]


def test_last_of_two_handlers_for_everything_answers(app):
    """Where 500 and Exception both have a handler, the one that was added later counts."""
    raising(app, Problem())
    app.add_exception_handler(500, saying("first"))
    app.add_exception_handler(Exception, saying("last"))

    answer = TestClient(app, raise_server_exceptions=False).get("/")

    assert answer.text == "last Problem at /"


def test_exception_of_a_handler_knows_what_it_was_to_handle():
    """The traceback of a handler that fails shows the exception of the endpoint, too."""
    app = Straightway()
    raising(app, problem := Problem())

    @app.exception_handler(Problem)
    async def handler(request: Request, error: Exception) -> PlainTextResponse:
        raise ValueError("the handler failed")

    with pytest.raises(ValueError, match="the handler failed") as raised:
        TestClient(app).get("/")

    assert raised.value.__context__ is problem
    assert not raised.value.__suppress_context__
