"""What runs around the life of an application, in which order, and what it leaves in the state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.requests import Request

from straightway import APIRouter, Straightway, WebSocket
from straightway.errors import DeclarationError
from straightway.testclient import TestClient

KINDS = ["context manager", "asynchronous generator", "generator", "class"]


def lifespan_of(kind: str, log: list[str], word: str, state: dict[str, Any] | None = None) -> Any:
    """Return a lifespan that notes in the log when it is entered and left, written in one of several ways."""

    async def asynchronous(app: object) -> AsyncIterator[Any]:
        log.append(f"{word} in")
        yield state
        log.append(f"{word} out")

    def synchronous(app: object) -> Iterator[Any]:
        log.append(f"{word} in")
        yield state
        log.append(f"{word} out")

    class Manager:
        def __init__(self, app: object) -> None:
            pass

        async def __aenter__(self) -> Any:
            log.append(f"{word} in")
            return state

        async def __aexit__(self, *error: object) -> None:
            log.append(f"{word} out")

    return {
        "context manager": asynccontextmanager(asynchronous),
        "asynchronous generator": asynchronous,
        "generator": synchronous,
        "class": Manager,
    }[kind]


def state_of(app: Straightway) -> dict[str, Any]:
    """Return what an endpoint of the application finds in `request.state` while it runs."""

    @app.get("/state")
    async def show(request: Request):
        return request.state._state

    with TestClient(app) as client:
        return client.get("/state").json()


@pytest.mark.parametrize("kind", KINDS)
def test_a_lifespan_may_be_written_in_several_ways(kind: str):
    """Context managers and bare generators run around the application and give requests their state."""
    log: list[str] = []
    app = Straightway(lifespan=lifespan_of(kind, log, "app", {"pool": 1}))

    assert state_of(app) == {"pool": 1}
    assert log == ["app in", "app out"]


def test_a_lifespan_gets_its_application():
    """The argument is the application, for the lifespans of included routers too."""
    seen: list[object] = []

    @asynccontextmanager
    async def lifespan(app: object) -> AsyncIterator[None]:
        seen.append(app)
        yield

    app = Straightway(lifespan=lifespan)
    app.include_router(APIRouter(lifespan=lifespan))
    with TestClient(app):
        pass

    assert seen == [app, app]


@pytest.mark.parametrize("outer", KINDS)
@pytest.mark.parametrize("inner", KINDS)
def test_lifespans_of_included_routers_run_inside(outer: str, inner: str):
    """The outer lifespan is entered first and left last; of the same key in both states the outer one wins."""
    log: list[str] = []
    app = Straightway(lifespan=lifespan_of(outer, log, "app", {"k": "app", "a": 1}))
    app.include_router(APIRouter(lifespan=lifespan_of(inner, log, "router", {"k": "router", "r": 2})))

    assert state_of(app) == {"k": "app", "a": 1, "r": 2}
    assert log == ["app in", "router in", "router out", "app out"]


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [(None, None, {}), ({"a": 1}, None, {"a": 1}), (None, {"r": 2}, {"r": 2})],
    ids=["neither", "outer", "inner"],
)
def test_a_lifespan_need_not_have_a_state(outer: Any, inner: Any, expected: dict[str, Any]):
    """What one of two lifespans yields is the state, if the other yields nothing."""
    app = Straightway(lifespan=lifespan_of("context manager", [], "app", outer))
    app.include_router(APIRouter(lifespan=lifespan_of("context manager", [], "router", inner)))

    assert state_of(app) == expected


def test_lifespans_nest_as_routers_do():
    """Routers included in included routers come innermost, siblings in the order of their inclusion."""
    log: list[str] = []
    routers = {
        word: APIRouter(lifespan=lifespan_of("context manager", log, word, {"k": word}))
        for word in ("a", "b", "c")
    }
    routers["a"].include_router(routers["b"])
    app = Straightway()
    app.include_router(routers["a"])
    app.include_router(routers["c"])

    assert state_of(app) == {"k": "a"}
    assert log == ["a in", "b in", "c in", "c out", "b out", "a out"]


def test_a_failing_start_stops_what_has_started():
    """An error in an inner lifespan is raised after the outer one has been left."""
    log: list[str] = []

    @asynccontextmanager
    async def outer(app: object) -> AsyncIterator[None]:
        try:
            yield
        finally:
            log.append("left")

    @asynccontextmanager
    async def failing(app: object) -> AsyncIterator[None]:
        raise LookupError("no database")
        yield

    app = Straightway(lifespan=outer)
    app.include_router(APIRouter(lifespan=failing))

    with pytest.raises(LookupError, match="no database"), TestClient(app):
        pass
    assert log == ["left"]


def test_the_context_of_a_router_may_be_replaced():
    """Packages put their own lifespan around `app.router.lifespan_context`."""
    log: list[str] = []
    app = Straightway(lifespan=lifespan_of("context manager", log, "app", {"a": 1}))
    original = app.router.lifespan_context

    @asynccontextmanager
    async def around(application: Any) -> AsyncIterator[Any]:
        log.append("around in")
        async with original(application) as state:
            yield {**state, "b": 2}
        log.append("around out")

    app.router.lifespan_context = around

    assert state_of(app) == {"a": 1, "b": 2}
    assert log == ["around in", "app in", "app out", "around out"]


def test_start_and_stop_functions_run_in_order():
    """Functions given, added and decorated run in that order, plain and asynchronous ones alike."""
    log: list[str] = []

    def plain() -> None:
        log.append("plain")

    async def asynchronous() -> None:
        log.append("asynchronous")

    app = Straightway(on_startup=[plain, asynchronous], on_shutdown=[asynchronous])
    app.router.add_event_handler("startup", lambda: log.append("added"))
    app.router.add_event_handler("shutdown", plain)
    with pytest.warns(DeprecationWarning, match="use lifespan"):
        app.on_event("startup")(lambda: log.append("decorated"))
    with pytest.warns(DeprecationWarning, match="use lifespan"):
        app.router.on_event("shutdown")(lambda: log.append("stopped"))

    with TestClient(app):
        log.append("running")

    assert log == [
        "plain",
        "asynchronous",
        "added",
        "decorated",
        "running",
        "asynchronous",
        "plain",
        "stopped",
    ]


def test_start_and_stop_functions_of_included_routers_run_once():
    """Those of the including router come first, those of the included ones in the order of inclusion."""
    log: list[str] = []

    def noting(word: str) -> list[Any]:
        return [lambda: log.append(word)]

    inner = APIRouter(on_startup=noting("inner up"), on_shutdown=noting("inner down"))
    outer = APIRouter(on_startup=noting("outer up"), on_shutdown=noting("outer down"))
    outer.include_router(inner)
    app = Straightway(on_startup=noting("app up"), on_shutdown=noting("app down"))
    app.include_router(outer)

    with TestClient(app):
        pass

    assert log == ["app up", "outer up", "inner up", "app down", "outer down", "inner down"]


def test_start_functions_of_a_router_run_beside_a_lifespan_of_the_application():
    """An application with a lifespan still runs the start and stop functions of the routers it includes, once."""
    log: list[str] = []
    router = APIRouter(on_startup=[lambda: log.append("up")], on_shutdown=[lambda: log.append("down")])
    app = Straightway(lifespan=lifespan_of("context manager", log, "app"))
    app.include_router(router)

    with TestClient(app):
        pass

    assert log == ["app in", "up", "down", "app out"]


def test_a_lifespan_takes_the_place_of_start_functions():
    """Start and stop functions of a router that has a lifespan of its own do not run."""
    log: list[str] = []
    app = Straightway(
        lifespan=lifespan_of("context manager", log, "app"), on_startup=[lambda: log.append("up")]
    )

    with TestClient(app):
        pass

    assert log == ["app in", "app out"]


def test_unknown_events_are_refused():
    """There are two events; the message names them."""
    with pytest.raises(DeclarationError, match="'startup' or 'shutdown', not 'start'"):
        APIRouter().add_event_handler("start", print)  # type: ignore[arg-type]  # that is the mistake


def test_mounted_applications_have_lives_of_their_own():
    """The lifespan of a mounted application is not run by the one it is mounted in."""
    log: list[str] = []
    app = Straightway(lifespan=lifespan_of("context manager", log, "app"))
    app.mount("/sub", Straightway(lifespan=lifespan_of("context manager", log, "sub")))

    with TestClient(app):
        pass

    assert log == ["app in", "app out"]


def test_each_request_has_a_copy_of_the_state():
    """What one request sets in its state, another does not see; objects in it are shared. WebSockets get it too."""
    app = Straightway(lifespan=lifespan_of("context manager", [], "app", {"shared": []}))

    @app.get("/")
    async def count(request: Request):
        request.state.shared.append("x")
        first = not hasattr(request.state, "own")
        request.state.own = 1
        return [first, len(request.state.shared)]

    @app.websocket("/ws")
    async def talk(websocket: WebSocket):
        await websocket.accept()
        await websocket.send_json(websocket.state.shared)
        await websocket.close()

    with TestClient(app) as client:
        answers = [client.get("/").json(), client.get("/").json()]
        with client.websocket_connect("/ws") as websocket:
            shared = websocket.receive_json()

    assert answers == [[True, 1], [True, 2]]
    assert shared == ["x", "x"]


def test_routers_included_while_running_are_not_started():
    """A router that is included after the start answers requests; its lifespan does not run any more."""
    log: list[str] = []
    app = Straightway()
    router = APIRouter(lifespan=lifespan_of("context manager", log, "late"))
    router.get("/late")(lambda: "late")

    with TestClient(app) as client:
        app.include_router(router)
        answer = client.get("/late").json()

    assert (answer, log) == ("late", [])
