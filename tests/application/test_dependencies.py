"""What `Depends` promises of a whole application: order, sharing, and what yields."""

import contextvars
import inspect
import threading
from functools import partial, wraps
from typing import Annotated, Any, Generic, TypeVar

import pytest

from straightway import APIRouter, BackgroundTasks, Depends, Response, Security, Straightway
from straightway.errors import DeclarationError, DependencyScopeError
from straightway.responses import PlainTextResponse
from straightway.security import SecurityScopes
from straightway.testclient import TestClient

log: list[str] = []


@pytest.fixture(autouse=True)
def _empty_log():
    log.clear()


def noting(word: str, *needs: Any) -> Any:
    """Return a dependency that notes the word, after what it needs."""

    def dependency(**values: Any) -> str:
        log.append(word)
        return word

    return _needing(dependency, needs)


def _needing(function: Any, needs: tuple[Any, ...]) -> Any:
    function.__signature__ = inspect.Signature(
        [
            inspect.Parameter(f"need{number}", inspect.Parameter.KEYWORD_ONLY, default=Depends(need))
            for number, need in enumerate(needs)
        ]
    )
    return function


# Order


def test_levels_run_from_the_outside_in():
    """Application, inclusions, routers, route, then the endpoint's parameters."""
    inner = APIRouter(dependencies=[Depends(noting("inner router"))])
    outer = APIRouter(dependencies=[Depends(noting("outer router"))])
    app = Straightway(dependencies=[Depends(noting("app"))])

    @inner.get("/", dependencies=[Depends(noting("route"))])
    async def endpoint(a: Annotated[str, Depends(noting("a"))], b: Annotated[str, Depends(noting("b"))]):
        return [a, b]

    outer.include_router(inner, prefix="/i", dependencies=[Depends(noting("inner include"))])
    app.include_router(outer, dependencies=[Depends(noting("outer include"))])

    assert TestClient(app).get("/i/").json() == ["a", "b"]
    assert log == [
        "app",
        "outer include",
        "outer router",
        "inner include",
        "inner router",
        "route",
        "a",
        "b",
    ]


def test_what_a_dependency_needs_runs_before_it():
    """Sub-dependencies come first, depth first, each once."""
    leaf = noting("leaf")
    left, right = noting("left", leaf), noting("right", noting("other"), leaf)
    app = Straightway()

    @app.get("/")
    async def endpoint(l: Annotated[str, Depends(left)], r: Annotated[str, Depends(right)]):  # noqa: E741
        return [l, r]

    TestClient(app).get("/")

    assert log == ["leaf", "left", "other", "right"]


# Callables


class Counter:
    """A class, an instance and methods, to depend on."""

    def __init__(self, q: int = 1) -> None:
        self.q = q

    def __call__(self, n: int = 0) -> int:
        """Add a query parameter."""
        return self.q + n

    async def method(self, n: int = 0) -> int:
        """Add twice."""
        return self.q + 2 * n

    def generator(self, n: int = 0) -> Any:
        """Yield the sum."""
        yield self.q + n


class Asynchronous:
    """An instance that is awaited."""

    async def __call__(self, n: int = 0) -> int:
        """Return the parameter."""
        return n


def decorated(function: Any) -> Any:
    """Wrap a function as decorators do."""

    @wraps(function)
    def wrapper(*args: Any, **options: Any) -> Any:
        return function(*args, **options)

    return wrapper


def add(n: int = 0, *, more: int = 0) -> int:
    """Add a query parameter and a fixed number."""
    return n + more


async def add_later(n: int = 0, *, more: int = 0) -> int:
    """Do the same on the event loop."""
    return n + more


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (add, 3),
        (add_later, 3),
        (Counter(10), 13),
        (Asynchronous(), 3),
        (Counter(10).method, 16),
        (Counter(10).generator, 13),
        (partial(add, more=100), 103),
        (partial(add_later, more=100), 103),
        (lambda n=0: int(n), 3),
        (decorated(add), 3),
        (decorated(add_later), 3),
    ],
    ids=[
        "function",
        "coroutine",
        "instance",
        "awaited instance",
        "method",
        "generator method",
        "partial",
        "awaited partial",
        "lambda",
        "decorated",
        "decorated coroutine",
    ],
)
def test_any_callable_may_be_a_dependency(call: Any, expected: int):
    """What is called, awaited or entered is told from the callable itself."""
    app = Straightway()

    @app.get("/")
    async def endpoint(value: Annotated[int, Depends(call)]):
        return value

    assert TestClient(app).get("/?n=3").json() == expected


T = TypeVar("T")


class Box(Generic[T]):
    """A generic class."""

    def __init__(self, value: int = 7) -> None:
        self.value = value


@pytest.mark.parametrize("depends", [Depends(Counter), Depends()], ids=["given", "annotation"])
def test_a_class_is_its_own_dependency(depends: Any):
    """`Depends()` without a callable calls the annotation."""
    app = Straightway()

    @app.get("/")
    async def endpoint(counter: Annotated[Counter, depends], same: Counter = depends):
        return [counter.q, same is counter]

    assert TestClient(app).get("/?q=5").json() == [5, True]


def test_an_alias_with_a_type_variable_depends_on_what_is_substituted():
    """`Annotated[T, Depends()]` with `T` replaced calls the replacement."""
    Injected = Annotated[T, Depends()]
    app = Straightway()

    @app.get("/")
    async def endpoint(counter: Injected[Counter], box: Injected[Box]):
        return [counter.q, box.value]

    assert TestClient(app).get("/?q=5").json() == [5, 7]


def test_a_dependency_without_parameter_needs_a_callable():
    """`dependencies=[Depends()]` has no annotation to call."""
    with pytest.raises(DeclarationError, match="must have a callable dependency"):
        Straightway().get("/", dependencies=[Depends()])(lambda: None)


@pytest.mark.parametrize("call", [add, Counter(1)])
def test_synchronous_dependencies_run_in_a_worker_thread(call: Any):
    """Functions and instances that may block do not block the event loop; asynchronous ones run on it."""
    app = Straightway()

    @wraps(call)
    def blocking(*args: Any, **options: Any):
        call(*args, **options)
        return threading.get_ident()

    async def loop():
        return threading.get_ident()

    @app.get("/")
    async def endpoint(a: Annotated[int, Depends(blocking)], b: Annotated[int, Depends(loop)]):
        return [a == b, b == threading.get_ident()]

    assert TestClient(app).get("/").json() == [False, True]


# Sharing


def counting() -> Any:
    """Return a dependency that counts its calls."""
    calls = iter(range(100))

    def dependency() -> int:
        return next(calls)

    return dependency


def generating() -> Any:
    """Return a dependency that counts how often it is entered."""
    calls = iter(range(100))

    def dependency() -> Any:
        yield next(calls)

    return dependency


@pytest.mark.parametrize(
    ("make", "options", "expected"),
    [
        (counting, [{}, {}], [0, 0]),
        (counting, [{"use_cache": False}, {}], [0, 0]),
        (counting, [{}, {"use_cache": False}, {}], [0, 1, 0]),
        (counting, [{"use_cache": False}, {"use_cache": False}], [0, 1]),
        (counting, [{}, {"scope": "function"}, {"scope": "request"}, {}], [0, 1, 2, 0]),
        (generating, [{}, {"scope": "request"}, {"scope": "function"}, {}], [0, 0, 1, 0]),
    ],
)
def test_a_dependency_is_called_once_for_equal_declarations(
    make: Any, options: list[Any], expected: list[int]
):
    """The same callable with the same scope is called once per request, unless `use_cache=False`."""
    app = Straightway()
    call = make()
    names = [f"p{number}" for number in range(len(options))]

    def endpoint(**values: Any) -> list[int]:
        return [values[name] for name in names]

    endpoint.__signature__ = inspect.Signature(
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=Depends(call, **each))
            for name, each in zip(names, options, strict=True)
        ]
    )
    app.get("/")(endpoint)
    client = TestClient(app)

    assert client.get("/").json() == expected
    assert client.get("/").json() == [each + max(expected) + 1 for each in expected]


def test_security_scopes_are_part_of_what_is_shared():
    """One callable is called for each set of scopes, in whatever order they are written."""
    app = Straightway()
    calls = iter(range(100))

    def user(scopes: SecurityScopes):
        return [next(calls), scopes.scopes]

    @app.get("/")
    async def endpoint(
        a: Annotated[Any, Security(user, scopes=["a", "b"])],
        b: Annotated[Any, Security(user, scopes=["b", "a"])],
        c: Annotated[Any, Security(user, scopes=["c"])],
    ):
        return [a, b, c]

    assert TestClient(app).get("/").json() == [[0, ["a", "b"]], [0, ["a", "b"]], [1, ["c"]]]


def test_scopes_flow_down_the_chain():
    """A dependency sees the scopes of those above it first, then its own, each once; siblings see nothing of each other."""
    app = Straightway()

    def user(scopes: SecurityScopes):
        return [scopes.scopes, scopes.scope_str]

    def active(user: Annotated[Any, Security(user, scopes=["me", "items"])]):
        return user

    @app.get("/", dependencies=[Security(user, scopes=["x"])])
    async def endpoint(
        a: Annotated[Any, Security(active, scopes=["items"])], b: Annotated[Any, Security(user, scopes=["y"])]
    ):
        return [a, b]

    assert TestClient(app).get("/").json() == [[["items", "me"], "items me"], [["y"], "y"]]


def test_errors_are_reported_for_each_use():
    """A dependency that is used three times and lacks a parameter is reported three times, as by FastAPI."""
    app = Straightway()

    def need(q: int):
        return q

    @app.get("/")
    async def endpoint(
        a: Annotated[int, Depends(need)], b: Annotated[int, Depends(need)], c: Annotated[int, Depends(need)]
    ):
        return [a, b, c]

    errors = TestClient(app).get("/").json()["detail"]

    assert [each["loc"] for each in errors] == [["query", "q"]] * 3


# Values of the request


def test_one_response_is_shared():
    """Headers of later writers win, cookies add up, and a status counts for the endpoint's answer."""
    app = Straightway()

    def first(response: Response):
        response.headers["x-a"] = "first"
        response.set_cookie("one", "1")
        response.status_code = 201

    def second(response: Response):
        response.headers["x-a"] = "second"
        response.set_cookie("two", "2")

    @app.get("/", dependencies=[Depends(first), Depends(second)])
    async def endpoint(response: Response):
        response.headers["x-b"] = response.headers["x-a"]
        return "done"

    response = TestClient(app).get("/")

    assert (response.status_code, response.headers["x-a"], response.headers["x-b"]) == (
        201,
        "second",
        "second",
    )
    assert dict(response.cookies) == {"one": "1", "two": "2"}


def test_one_list_of_background_tasks_is_shared():
    """Tasks run in the order in which they were added, after the answer; none runs if the endpoint fails."""
    app = Straightway()

    def first(tasks: BackgroundTasks):
        tasks.add_task(log.append, "dependency")

    @app.get("/{fail}", dependencies=[Depends(first)])
    async def endpoint(fail: bool, tasks: BackgroundTasks):
        tasks.add_task(log.append, "endpoint")
        if fail:
            raise LookupError
        return "done"

    client = TestClient(app, raise_server_exceptions=False)
    client.get("/false")
    client.get("/true")

    assert log == ["dependency", "endpoint"]


# Context variables

variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="default")


@pytest.mark.parametrize("is_async", [True, False])
def test_context_variables_reach_the_endpoint(is_async: bool):
    """What an asynchronous dependency sets is there in the endpoint, in a thread too, and in its own clean-up."""
    app = Straightway()

    async def setting():
        token = variable.set("set")
        yield
        log.append(variable.get())
        variable.reset(token)
        log.append(variable.get())

    async def asynchronous():
        return variable.get()

    def synchronous():
        return variable.get()

    app.get("/", dependencies=[Depends(setting)])(asynchronous if is_async else synchronous)

    assert TestClient(app).get("/").json() == "set"
    assert log == ["set", "default"]


def test_context_variables_of_synchronous_dependencies_stay_set():
    """What a synchronous dependency sets is there for the rest of the request, and gone in the next one."""
    app = Straightway()

    def setting(value: str | None = None):
        if value:
            variable.set(value)

    @app.get("/", dependencies=[Depends(setting)])
    async def endpoint():
        return variable.get()

    client = TestClient(app)

    assert [client.get("/?value=1").json(), client.get("/").json()] == ["1", "default"]


# Scopes


def test_a_dependency_of_the_request_cannot_need_one_of_the_function():
    """What exits after the response may not use what has exited before it; plain dependencies may."""

    def inner():
        yield

    def outer(i: Annotated[None, Depends(inner, scope="function")]):
        yield

    def plain(i: Annotated[None, Depends(inner, scope="function")]):
        return "plain"

    app = Straightway()
    with pytest.raises(DependencyScopeError, match='The dependency "outer" has a scope of "request"'):
        app.get("/", dependencies=[Depends(outer)])(lambda: None)
    app.get("/plain")(lambda p=Depends(plain): p)

    assert TestClient(app).get("/plain").json() == "plain"


def test_a_response_is_returned_as_it_is():
    """Headers that dependencies set are not added to a response that the endpoint made itself."""
    app = Straightway()

    def header(response: Response):
        response.headers["x-dependency"] = "1"

    @app.get("/", dependencies=[Depends(header)])
    async def endpoint():
        return PlainTextResponse("text", status_code=202)

    response = TestClient(app).get("/")

    assert (response.status_code, response.text) == (202, "text")
    assert "x-dependency" not in response.headers
