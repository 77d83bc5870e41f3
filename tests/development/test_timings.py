"""Which steps are noted of a request, in which order, and what becomes of failures."""

import asyncio
from typing import Annotated

import pytest
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse

from straightway import (
    APIRouter,
    BackgroundTasks,
    Depends,
    Form,
    HTTPException,
    Query,
    Straightway,
    WebSocket,
)
from straightway.routing import APIRoute
from straightway.runtime.timings import MOST
from straightway.testclient import TestClient


class Order(BaseModel):
    """Something that is sent."""

    cake: str


def steps(record, *kinds):
    """Return kind and name of the steps, or of those of some kinds."""
    return [(each.kind, each.what) for each in record.steps if not kinds or each.kind in kinds]


def only(served):
    """Return the one request that was recorded."""
    (record,) = served.records()
    return record


def test_every_step_is_noted_in_its_order(app, develop):
    """From routing to the ends of dependencies after the response: what ran is there, and where it ran."""

    def connection():
        yield "database"

    async def transaction():
        yield "transaction"

    def bill(order):
        pass

    @app.post("/orders/{number}")
    async def create(
        number: int,
        order: Order,
        database: Annotated[str, Depends(connection)],
        inside: Annotated[str, Depends(transaction, scope="function")],
        tasks: BackgroundTasks,
    ) -> Order:
        tasks.add_task(bill, order)
        return order

    served = develop(app)

    assert served.client.post("/orders/5", json={"cake": "Sachertorte"}).json() == {"cake": "Sachertorte"}

    record, name = only(served), "test_every_step_is_noted_in_its_order"
    assert steps(record) == [
        ("entry", "routing and middleware"),
        ("thread", "wait for a worker thread"),
        ("call", f"{name}.connection"),
        ("call", f"{name}.transaction"),
        ("read", "path number"),
        ("body", "receive the body"),
        ("read", "body order"),
        ("endpoint", f"{name}.create"),
        ("answer", "make the answer"),
        ("close", f"{name}.transaction"),
        ("send", "send the response"),
        ("task", f"{name}.bill"),
        ("close", f"{name}.connection"),
    ]
    threads = [each.what.rpartition(".")[2] for each in record.steps if each.where == "thread"]
    assert threads == ["connection", "bill", "connection"]
    assert all(each.start >= 0 and each.milliseconds >= 0 and each.error is None for each in record.steps)
    starts = [each.start for each in record.steps]
    assert starts == sorted(starts)
    assert record.route == "POST /orders/{number}"
    assert record.place is not None
    assert record.place.startswith("tests/development/test_timings.py:")


def test_time_is_attributed_to_the_step_that_took_it(app, develop):
    """An endpoint that waits has the time, not its neighbours; the client's wait is as long at least."""

    @app.get("/")
    async def slow():
        await asyncio.sleep(0.05)
        return 1

    served = develop(app)
    served.client.get("/")

    record = only(served)
    took = {each.kind: each.milliseconds for each in record.steps}
    assert took["endpoint"] >= 50
    assert record.milliseconds >= took["endpoint"]


@pytest.mark.parametrize("route_class", ["plain", "overriding"])
def test_an_overridden_route_handler_is_timed_too(develop, route_class):
    """A route class with a `get_route_handler` of its own has its steps, and the sending besides."""

    class Own(APIRoute):
        def get_route_handler(self):
            handler = super().get_route_handler()

            async def handle(request: Request):
                return await handler(request)

            return handle

    app = Straightway()
    router = APIRouter(route_class=Own if route_class == "overriding" else APIRoute)

    @router.post("/")
    async def create(order: Order) -> Order:
        return order

    app.include_router(router)
    served = develop(app)
    served.client.post("/", json={"cake": "Linzertorte"})

    kinds = [kind for kind, _ in steps(only(served))]
    assert kinds == ["entry", "body", "read", "endpoint", "answer", "send"]


def test_a_failing_step_says_so_and_the_answering_follows(app, develop):
    """The exception stands at the step that raised it; how long its handler took is a step too."""

    async def customer():
        raise HTTPException(401, "Not a customer")

    @app.get("/")
    async def read(who: Annotated[str, Depends(customer)]):
        return who

    served = develop(app)
    assert served.client.get("/").status_code == 401

    record = only(served)
    failed = [each for each in record.steps if each.error]
    assert [(each.kind, each.error) for each in failed] == [("call", "HTTPException: 401: Not a customer")]
    assert [kind for kind, _ in steps(record)] == ["entry", "call", "answer", "send"]
    assert (record.raised.type, record.raised.is_answered) == ("HTTPException", True)


def test_an_exception_that_nothing_handles_is_shown_with_its_line(app, develop):
    """The innermost line of the user's code is named, and that the server has got it."""

    @app.get("/")
    def broken():
        return {}["missing"]

    served = develop(app)
    assert served.client.get("/").status_code == 500

    record = only(served)
    assert (record.status, record.raised.type, record.raised.message) == (500, "KeyError", "'missing'")
    assert record.raised.is_answered is False
    assert record.raised.place.startswith("tests/development/test_timings.py:")
    assert [each.error for each in record.steps if each.kind == "endpoint"] == ["KeyError: 'missing'"]


def test_values_that_are_not_valid_blame_no_step(app, develop):
    """Validation errors are raised after all values were read: no single step has failed."""

    @app.get("/{number}")
    def read(number: int, limit: Annotated[int, Query()]):
        return number + limit

    served = develop(app)
    assert served.client.get("/x").status_code == 422

    record = only(served)
    assert [each.what for each in record.steps if each.error] == []
    assert record.raised.type == "RequestValidationError"


def test_dependencies_close_while_an_exception_passes(app, develop):
    """The failing step, the closing and the answering are told apart."""

    def connection():
        yield 1

    @app.get("/")
    async def broken(database: Annotated[int, Depends(connection)]):
        raise HTTPException(409)

    served = develop(app)
    served.client.get("/")

    kinds = [kind for kind, _ in steps(only(served))]
    assert kinds == ["entry", "thread", "call", "endpoint", "close", "answer", "send"]


def test_a_form_and_a_stream_are_timed(app, develop):
    """Other kinds of bodies and answers have their steps too."""

    @app.post("/form")
    async def form(name: Annotated[str, Form()]):
        return name

    @app.get("/lines")
    async def lines():
        yield {"a": 1}
        yield {"a": 2}

    served = develop(app)

    assert served.client.post("/form", data={"name": "Ada"}).json() == "Ada"
    assert served.client.get("/lines").text.count("\n") == 2

    stream, posted = served.records()
    assert [kind for kind, _ in steps(posted)] == ["entry", "body", "read", "endpoint", "answer", "send"]
    assert [kind for kind, _ in steps(stream)] == ["entry", "endpoint", "answer", "send"]
    assert stream.sent == 18


def test_a_websocket_is_recorded(app, develop):
    """The handshake's steps, what went in and out, and how it was closed."""

    @app.websocket("/chat/{room}")
    async def chat(websocket: WebSocket, room: int):
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())
        await websocket.close(4000)

    served = develop(app)
    with served.client.websocket_connect("/chat/7") as session:
        session.send_text("hello")
        assert session.receive_text() == "hello"

    record = only(served)
    assert (record.method, record.status, record.received, record.sent) == ("WS", 4000, 5, 5)
    assert [kind for kind, _ in steps(record)] == ["entry", "read", "endpoint"]


def test_requests_without_a_compiled_endpoint_are_recorded(app, develop):
    """Plain Starlette routes and paths that nothing has are there, with what is known of them."""

    async def plain(request):
        return PlainTextResponse("plain")

    app.add_route("/plain", plain)
    served = develop(app)

    served.client.get("/plain")
    served.client.get("/nowhere")

    nowhere, found = served.records()
    assert (found.status, found.route, steps(found)) == (200, None, [("send", "send the response")])
    assert (nowhere.status, nowhere.endpoint) == (404, None)


def test_time_after_the_answer_is_apart(app, develop):
    """What a client waited for ends with the response; background work of any kind comes after."""

    async def later():
        await asyncio.sleep(0.03)

    @app.get("/")
    async def read():
        return JSONResponse({}, background=BackgroundTask(later))

    served = develop(app)
    served.client.get("/")

    record = only(served)
    assert record.afterwards >= 30
    assert record.milliseconds == pytest.approx(
        max(each.start + each.milliseconds for each in record.steps), abs=1
    )


def test_nothing_is_timed_without_the_layer(app):
    """An application that is served otherwise compiles its ordinary function and nothing else."""

    @app.get("/")
    async def read():
        return 1

    TestClient(app).get("/")

    (route,) = [each for each in app.routes if isinstance(each, APIRoute)]
    assert [watched.timed for _, watched, *_ in route._functions] == [False]


def test_an_endpoint_of_a_mounted_application_is_timed(app, develop):
    """Its steps are there as those of any other."""
    inner = Straightway()

    @inner.get("/deep")
    async def deep():
        return 1

    app.mount("/inner", inner)
    served = develop(app)

    assert served.client.get("/inner/deep").json() == 1
    assert [kind for kind, _ in steps(only(served))] == ["entry", "endpoint", "answer", "send"]


def test_many_background_tasks_are_not_all_kept(app, develop):
    """A request with more steps than anybody reads has the first of them."""

    @app.get("/")
    async def read(tasks: BackgroundTasks):
        for _ in range(MOST + 50):
            tasks.add_task(asyncio.sleep, 0)

    served = develop(app)
    served.client.get("/")

    assert len(only(served).steps) == MOST
