"""The parts of a request as spans, in whatever thread they run."""

import threading
from collections.abc import AsyncIterable
from functools import partial
from typing import Annotated

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import SpanProcessor
from opentelemetry.trace import StatusCode

from straightway import (
    APIRouter,
    BackgroundTasks,
    Body,
    Depends,
    File,
    HTTPException,
    Request,
    Straightway,
    UploadFile,
    WebSocketException,
)
from straightway.responses import JSONResponse, StreamingResponse
from straightway.routing import APIRoute
from straightway.telemetry import get_telemetry_data
from straightway.telemetry.operations import function_name
from straightway.testclient import TestClient

DEPENDENCIES, ENDPOINT, SERIALIZATION, TASK = (
    f"fastapi.{name}" for name in ("dependencies", "endpoint", "serialization", "background_task")
)


def current_name():
    """Return the name of the span in which the caller runs."""
    return trace.get_current_span().name


def test_operations_follow_each_other(telemetry, app, client):
    """All are children of the request's span and say which endpoint they belong to."""

    @app.get("/")
    async def read_root():
        return "ok"

    client.get("/")

    (server,) = telemetry.servers
    assert telemetry.names == [DEPENDENCIES, ENDPOINT, SERIALIZATION, "GET /"]
    for span in telemetry.spans[:3]:
        assert span.parent.span_id == server.context.span_id
        assert span.attributes == {
            "code.function.name": f"{__name__}.test_operations_follow_each_other.<locals>.read_root"
        }
        assert span.status.status_code is StatusCode.UNSET


@pytest.mark.parametrize("sync", [False, True])
def test_each_part_runs_in_its_span(telemetry, app, client, sync):
    """In a worker thread, too, where dependencies and endpoint share one; none of it is left when it is over."""
    seen = []

    def dependency():
        seen.append(current_name())
        yield
        seen.append(current_name())

    def endpoint(_: Annotated[None, Depends(dependency)], tasks: BackgroundTasks):
        seen.append(current_name())

    async def async_endpoint(_: Annotated[None, Depends(dependency)], tasks: BackgroundTasks):
        endpoint(_, tasks)

    app.get("/")(endpoint if sync else async_endpoint)

    client.get("/")

    assert seen == [DEPENDENCIES, ENDPOINT, "GET /"]  # by then the span has its whole name


def test_span_of_a_synchronous_endpoint_begins_in_its_thread(telemetry, app, client):
    """So that processors which look at the thread see the one in which it runs."""
    threads = {}

    class Threads(SpanProcessor):
        def on_start(self, span, parent_context=None):
            threads[span.name] = threading.get_ident()

    telemetry.tracer_provider.add_span_processor(Threads())
    app.get("/")(lambda: threads.update(here=threading.get_ident()))

    client.get("/")

    assert threads[ENDPOINT] == threads["here"] != threads[DEPENDENCIES]


@pytest.mark.parametrize(
    ("failing", "error"),
    [
        (DEPENDENCIES, ValueError()),
        (ENDPOINT, ValueError()),
        (None, HTTPException(503)),
        (None, WebSocketException(1008)),
    ],
    ids=["dependency", "endpoint", "HTTP error", "WebSocket error"],
)
def test_failure_is_that_of_the_operation(telemetry, app, client, failing, error):
    """An exception that answers the client is none; the parts after it are not there."""

    async def dependency():
        if failing == DEPENDENCIES:
            raise error

    @app.get("/", dependencies=[Depends(dependency)])
    async def endpoint():
        raise error

    client.get("/")

    failed = [
        span.name for span in telemetry.spans if not span.status.is_ok and span not in telemetry.servers
    ]
    assert failed == ([failing] if failing else [])
    assert SERIALIZATION not in telemetry.names
    if failing:
        assert telemetry.span(failing).attributes["error.type"] == "ValueError"


@pytest.mark.parametrize("value", ["no number", object()], ids=["validation", "writing"])
def test_failed_serialization(telemetry, app, client, value):
    """Validation against the response model is part of it, as is writing the value."""
    model = int if isinstance(value, str) else None

    @app.get("/", response_model=model)
    def endpoint():
        return value

    assert client.get("/").status_code == 500

    assert telemetry.span(SERIALIZATION).status.status_code is StatusCode.ERROR


@pytest.mark.parametrize("value", [JSONResponse(1), StreamingResponse(iter("a"))], ids=["whole", "stream"])
def test_response_is_not_serialized(telemetry, app, client, value):
    """The endpoint has done so itself."""
    app.get("/")(lambda: value)

    client.get("/")

    assert telemetry.names == [DEPENDENCIES, ENDPOINT, "GET /"]


def test_generator_endpoint_is_no_operation(telemetry, app, client):
    """Calling it does nothing; its items are made while they are sent, in the span of the request."""
    seen = []

    @app.get("/")
    async def items() -> AsyncIterable[int]:
        seen.append(current_name())
        yield 1

    assert client.get("/").text == "1\n"

    assert telemetry.names == [DEPENDENCIES, "GET /"]
    assert seen == ["GET"]  # its name follows when it ends


def test_clean_up_changes_the_exception(telemetry, app, client):
    """What has failed in the endpoint has failed, whatever a dependency makes of it."""

    def dependency():
        try:
            yield
        except ValueError as error:
            raise HTTPException(418) from error

    @app.get("/", dependencies=[Depends(dependency)])
    def endpoint():
        raise ValueError

    assert client.get("/").status_code == 418

    assert telemetry.span(ENDPOINT).attributes["error.type"] == "ValueError"
    assert telemetry.servers[0].status.is_ok


def test_no_operations_where_they_are_not_wanted(telemetry):
    """`operation_spans=False` leaves the request's own span, and its data."""
    app = Straightway(telemetry={**telemetry.config, "operation_spans": False})

    @app.get("/")
    def endpoint(tasks: BackgroundTasks):
        tasks.add_task(print, end="")
        return get_telemetry_data().errors == []

    assert TestClient(app).get("/").json() is True

    assert telemetry.names == ["GET /"]


def test_answers_are_those_of_an_unrecorded_application(telemetry):
    """A recorded request runs another function than an ordinary one: nobody can tell from outside."""
    answers = []

    for config in (telemetry.config, None):
        app = Straightway(telemetry=config)

        @app.post("/items/{item_id}", status_code=201)
        def create(item_id: int, item: dict[str, int], limit: int = 5) -> dict[str, int]:
            return {**item, "id": item_id, "limit": limit}

        @app.post("/files")
        async def upload(file: Annotated[UploadFile, File()]):
            return await file.read()

        @app.post("/values")
        def values(value: Annotated[int | None, Body()] = 3):
            return value

        client = TestClient(app, raise_server_exceptions=False)
        for request in (
            ("/items/3", {"json": {"a": "1"}}),
            ("/items/x", {"json": {"a": "b"}}),
            ("/items/3", {"content": b"{", "headers": {"content-type": "application/json"}}),
            ("/items/3", {"content": b"a", "headers": {"content-type": "text/plain"}}),
            ("/files", {"files": {"file": b"content"}}),
            ("/files", {}),
            ("/values", {}),
            ("/values", {"content": b"null", "headers": {"content-type": "application/json"}}),
        ):
            reply = client.post(request[0], **request[1])
            answers.append((reply.status_code, reply.headers, reply.content))

    half = len(answers) // 2
    assert answers[:half] == answers[half:]
    assert {status for status, _, _ in answers} == {200, 201, 422}


def test_ordinary_function_stays_as_it_is(telemetry):
    """The recorded one is compiled beside it, once, and for each set of overrides."""
    app = Straightway(telemetry={**telemetry.config, "exclude": lambda scope: scope["path"] != "/a"})

    def dependency():
        return 1

    endpoint = app.get("/{name}")(lambda value=Depends(dependency): value)
    del endpoint
    route = app.routes[-1]
    client = TestClient(app)

    for path in ("/a", "/b", "/a", "/b"):
        assert client.get(path).json() == 1
    app.dependency_overrides[dependency] = lambda: 2
    assert client.get("/a").json() == 2

    assert [(kind, watched.traced) for kind, watched, *_ in route._functions] == [
        ("asgi", True),
        ("asgi", False),
        ("asgi", True),
    ]


def test_route_class_of_a_users_own(telemetry, app, client):
    """A wrapped handler is recorded as well."""

    class Wrapping(APIRoute):
        def get_route_handler(self):
            original = super().get_route_handler()

            async def handler(request: Request):
                response = await original(request)
                response.headers["x-span"] = current_name()
                return response

            return handler

    router = APIRouter(route_class=Wrapping)
    router.get("/")(lambda: get_telemetry_data().request is not None)
    app.include_router(router)

    reply = client.get("/")

    assert (reply.json(), reply.headers["x-span"]) == (True, "GET")
    assert telemetry.names == [DEPENDENCIES, ENDPOINT, SERIALIZATION, "GET /"]


@pytest.mark.parametrize("sync", [False, True])
def test_background_task_is_an_operation(telemetry, app, client, sync):
    """After the request's span, whose child it is; the data of the request are still there."""
    seen = []

    def task(number):
        seen.append((number, current_name(), get_telemetry_data().request.url.path))

    async def async_task(number):
        task(number)

    @app.get("/")
    def endpoint(tasks: BackgroundTasks):
        tasks.add_task(task if sync else async_task, 1)
        tasks.add_task(task if sync else async_task, number=2)

    client.get("/")

    assert seen == [(1, TASK, "/"), (2, TASK, "/")]
    (server,) = telemetry.servers
    for span in telemetry.spans[-2:]:
        assert span.parent.span_id == server.context.span_id
        assert span.start_time >= server.end_time
        assert span.attributes["code.function.name"].endswith("task")


def test_failed_background_task(telemetry, app, client):
    """Every exception is a failure there, as nobody is left to be answered; those after it do not run."""

    def fail():
        raise HTTPException(404)

    @app.get("/")
    def endpoint(tasks: BackgroundTasks):
        tasks.add_task(fail)
        tasks.add_task(pytest.fail, "it runs")

    client.get("/")

    assert telemetry.span(TASK).attributes["error.type"] == "straightway.exceptions.HTTPException"
    assert telemetry.servers[0].status.is_ok


class Callable:
    """An object that can be called."""

    def __call__(self):
        """Do nothing."""


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (current_name, f"{__name__}.current_name"),
        (partial(partial(current_name)), f"{__name__}.current_name"),
        (Callable(), f"{__name__}.Callable"),
        (Callable, f"{__name__}.Callable"),
    ],
    ids=["function", "partial", "object", "class"],
)
def test_function_name(function, name):
    """What a person would look for."""
    assert function_name(function) == name
