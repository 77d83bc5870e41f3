import sys
from functools import wraps
from types import ModuleType

import pytest
from starlette.applications import Starlette

from straightway import (
    APIRouter,
    Depends,
    Form,
    HTTPException,
    Response,
    Straightway,
    WebSocket,
    WebSocketDisconnect,
)
from straightway.exceptions import RequestValidationError
from straightway.interop.handlers import get_request_handler
from straightway.interop.solving import solve_dependencies
from straightway.interop.values import run_endpoint_function, serialize_response
from straightway.interop.watching import watch
from straightway.runtime import streaming
from straightway.sse import EventSourceResponse
from straightway.testclient import TestClient

OURS = {
    "get_request_handler": get_request_handler,
    "solve_dependencies": solve_dependencies,
    "run_endpoint_function": run_endpoint_function,
    "serialize_response": serialize_response,
}


@pytest.fixture
def routing(monkeypatch):
    """A module that stands for `fastapi.routing`, its functions ours again afterwards."""
    module = ModuleType("routing_of_tests")
    vars(module).update(OURS, _PING_INTERVAL=15.0)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    watch(module.__name__)
    yield module
    for name, function in OURS.items():
        setattr(module, name, function)
    module._PING_INTERVAL = 15.0


def traced(routing, name, calls):
    """Replace a function by one that notes its calls, as agents do."""
    original = getattr(routing, name)

    @wraps(original)
    async def trace(**arguments):
        calls.append(name)
        return await original(**arguments)

    setattr(routing, name, trace)


def application():
    """Make an application with an endpoint of each kind of answer, one of them included."""
    app, router = Straightway(), APIRouter()

    @router.get("/items/{item_id}", status_code=202)
    def read_item(
        item_id: int, response: Response, limit: int = Depends(lambda limit=3: limit)
    ) -> dict[str, int]:
        response.headers["x-limit"] = str(limit)
        return {"item_id": item_id, "limit": limit}

    app.include_router(router, prefix="/v1")
    return app


STAGES = ["solve_dependencies", "run_endpoint_function", "serialize_response"]


@pytest.mark.parametrize("moment", ["before the first request", "after it"])
def test_replaced_stages_are_called_in_turn(routing, moment):
    """Arguments, return value and JSON come from what stands in the places of the functions; the answer is the same."""
    client, calls = TestClient(application()), []
    if moment == "after it":
        assert client.get("/v1/items/3").status_code == 202

    for name in STAGES:
        traced(routing, name, calls)
    response = client.get("/v1/items/3?limit=5")

    assert calls == STAGES
    assert (response.status_code, response.json()) == (202, {"item_id": 3, "limit": 5})
    assert response.headers["x-limit"] == "5"


def test_compiled_functions_answer_again_when_all_are_ours(routing):
    """Nothing is left of an agent that has put everything back."""
    client, calls = TestClient(application()), []
    traced(routing, "run_endpoint_function", calls)
    client.get("/v1/items/3")

    routing.run_endpoint_function = run_endpoint_function
    client.get("/v1/items/3")

    assert calls == ["run_endpoint_function"]


def test_errors_of_replaced_stages_are_those_of_a_route(routing):
    """A value that does not validate is a 422 with the endpoint in it; the endpoint is not run."""
    app, calls, caught = application(), [], []

    @app.exception_handler(RequestValidationError)
    async def keep(request, error):
        caught.append((error.errors(), error.endpoint_path))
        return Response(status_code=422)

    for name in STAGES:
        traced(routing, name, calls)
    response = TestClient(app).get("/v1/items/x")

    assert response.status_code == 422
    assert calls == ["solve_dependencies"]
    ((errors, path),) = caught
    assert ([each["loc"] for each in errors], path) == ([("path", "item_id")], "GET /v1/items/{item_id}")


def test_maker_is_called_once_for_each_route(routing):
    """An agent that wraps the endpoint when a handler is made, as sentry-sdk does, wraps it once."""
    app, made, calls = application(), [], []
    original = routing.get_request_handler

    def make(*positional, **keywords):
        dependant = keywords["dependant"]
        made.append(dependant.path)
        endpoint = dependant.call

        @wraps(endpoint)
        def wrapped(**arguments):
            calls.append(arguments["item_id"])
            return endpoint(**arguments)

        dependant.call = wrapped
        return original(*positional, **keywords)

    routing.get_request_handler = make
    client = TestClient(app)
    answers = [client.get(f"/v1/items/{number}").json()["item_id"] for number in (1, 2, 3)]

    assert answers == calls == [1, 2, 3]
    assert made == ["/v1/items/{item_id}"]


def test_bodies_overrides_streams_and_exceptions_are_the_same_in_stages(routing):
    """What is around the stages is compiled as ever: forms, overrides, generators, dependencies that yield."""
    app, calls, events = Straightway(), [], []

    def provide():
        events.append("in")
        yield 1
        events.append("out")

    @app.post("/form")
    async def form(name: str = Form(), one: int = Depends(provide)):
        events.append("endpoint")
        return f"{name} {one}"

    @app.post("/json")
    async def json(body: dict[str, int]):
        if not body:
            raise HTTPException(418)
        return body

    @app.get("/lines")
    async def lines() -> EventSourceResponse:
        return EventSourceResponse(iter([b"data: 1\n\n"]))

    @app.get("/events", response_class=EventSourceResponse)
    async def stream():
        yield 1

    for name in STAGES:
        traced(routing, name, calls)
    client = TestClient(app)

    assert client.post("/form", data={"name": "a"}).json() == "a 1"
    assert events == ["in", "endpoint", "out"]
    app.dependency_overrides[provide] = lambda: 2
    assert client.post("/form", data={"name": "a"}).json() == "a 2"
    assert client.post("/json", json={"a": 1}).json() == {"a": 1}
    assert client.post("/json", json={}).status_code == 418
    assert client.post("/json", content=b"{").status_code == 422
    assert client.get("/lines").text == client.get("/events").text == "data: 1\n\n"


def test_dependencies_of_websockets_are_solved_by_what_stands_there(routing):
    """A WebSocket's arguments go through the replaced function, and its errors close it as ever."""
    app, calls = Straightway(), []

    @app.websocket("/live/{number}")
    async def live(websocket: WebSocket, number: int):
        await websocket.accept()
        await websocket.send_json(number)
        await websocket.close()

    traced(routing, "solve_dependencies", calls)
    client = TestClient(app)

    with client.websocket_connect("/live/3") as websocket:
        assert websocket.receive_json() == 3
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/live/x"):
        pass
    assert closed.value.code == 1008
    assert calls == ["solve_dependencies"] * 2


def test_interval_of_keep_alive_comments_can_be_set(routing):
    """It is read when an event stream waits."""
    routing._PING_INTERVAL = 0.5

    assert streaming.PING_INTERVAL == 0.5


def test_starlette_s_own_entrance_is_used_where_an_agent_has_replaced_it(monkeypatch):
    """Agents wrap `Starlette.__call__`, which an application otherwise does not go through."""
    seen, original = [], Starlette.__call__

    async def traced_call(self, scope, receive, send):
        seen.append(scope["path"])
        await original(self, scope, receive, send)

    monkeypatch.setattr(Starlette, "__call__", traced_call)
    response = TestClient(application()).get("/v1/items/3")

    assert response.status_code == 202
    assert seen == ["/v1/items/3"]
