"""What is recorded of one HTTP connection, from its first to its last message."""

import gc
import weakref

import anyio
import pytest
from opentelemetry import baggage, context, propagate, trace
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import StatusCode
from starlette.routing import Route

from straightway import APIRouter, BackgroundTasks, Depends, HTTPException, Request, Straightway
from straightway.responses import JSONResponse, PlainTextResponse, StreamingResponse
from straightway.staticfiles import StaticFiles
from straightway.telemetry import get_telemetry_data
from straightway.telemetry.asgi import NativeTelemetry
from straightway.telemetry.connection import HeaderGetter
from straightway.testclient import TestClient
from tests.serve.asgi import ask, http_scope

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = {"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01"}


def test_request_is_a_server_span(telemetry, app, client):
    """Name, kind and attributes follow the semantic conventions."""

    @app.get("/items/{item_id}")
    async def read_item(item_id: int, page: int):
        return item_id

    assert client.get("/items/3?page=2").json() == 3

    (span,) = telemetry.servers
    assert span.name == "GET /items/{item_id}"
    assert span.attributes == {
        "url.scheme": "http",
        "url.path": "/items/3",
        "url.query": "page=2",
        "server.address": "testserver",
        "server.port": 80,
        "http.request.method": "GET",
        "network.protocol.version": "1.1",
        "http.route": "/items/{item_id}",
        "http.response.status_code": 200,
    }
    assert (span.parent, span.status.status_code) == (None, StatusCode.UNSET)


def test_parent_comes_from_the_headers(telemetry, app, client):
    """So does baggage, which is there for the endpoint; repeated headers of it are one list."""

    @app.get("/")
    def read_root():
        return dict(baggage.get_all())

    headers = [*PARENT.items(), ("baggage", "a=1"), ("baggage", "b=2")]
    assert client.get("/", headers=headers).json() == {"a": "1", "b": "2"}

    (span,) = telemetry.servers
    assert span.context.trace_id == int(TRACE_ID, 16)
    assert span.parent.span_id == int(SPAN_ID, 16)


def test_getter_reads_headers_for_propagators():
    """Names in any case, every value of a repeated one, and None for what was not sent."""
    headers = [(b"x-trace", b"1"), (b"x-trace", b"2")]

    getter = HeaderGetter()

    assert getter.get(headers, "X-Trace") == ["1", "2"]
    assert getter.get(headers, "x-other") is None
    assert getter.get(headers, "x-\N{SNOWMAN}") is None
    assert getter.keys(headers) == ["x-trace", "x-trace"]


@pytest.mark.parametrize(
    ("path", "status", "route", "error"),
    [
        ("/ok", 200, "/ok", None),
        ("/ok/", 307, "/ok", None),
        ("/none", 404, None, None),
        ("/number/x", 422, "/number/{number}", None),
        ("/raised", 503, "/raised", "503"),
        ("/broken", 500, "/broken", "ZeroDivisionError"),
        ("/openapi.json", 200, "/openapi.json", None),
    ],
)
def test_outcome(telemetry, app, client, path, status, route, error):
    """A client's mistake is no error of the server; a 5xx and an exception are, span and measurement agree."""
    app.get("/ok")(lambda: "ok")
    app.get("/broken")(lambda: 1 / 0)

    @app.get("/number/{number}")
    def number(number: int): ...

    @app.get("/raised")
    def raised():
        raise HTTPException(503)

    assert client.get(path, follow_redirects=False).status_code == status

    (span,) = telemetry.servers
    (point,) = telemetry.points()
    for attributes in (span.attributes, point.attributes):
        assert attributes["http.response.status_code"] == status
        assert attributes.get("http.route") == route
        assert attributes.get("error.type") == error
    assert span.status.is_ok is (error is None)
    assert span.events == ()


def test_wrong_method_has_the_route(telemetry, app, client):
    """405 is an answer of the routes that have the path."""
    app.get("/items/{item_id}")(lambda item_id: item_id)

    assert client.post("/items/3").status_code == 405

    assert telemetry.names == ["POST /items/{item_id}"]


def test_unknown_method_is_not_in_the_name(telemetry, app, client):
    """Names are few, whatever clients send."""
    assert client.request("BREW", "/").status_code == 404

    (span,) = telemetry.servers
    assert span.name == "HTTP"
    assert span.attributes["http.request.method_original"] == "BREW"
    (point,) = telemetry.points()
    assert point.attributes["http.request.method"] == "_OTHER"
    assert "http.request.method_original" not in point.attributes


def test_route_is_a_template_all_the_way(telemetry, app, client):
    """Prefixes of routers and mounts, with their parameters, are in it: values are not."""
    child, router = Straightway(), APIRouter(prefix="/v1")
    router.get("/items/{item_id}")(lambda item_id: item_id)
    child.include_router(router, prefix="/api")
    app.mount("/tenants/{tenant}", child)

    client.get("/tenants/acme/api/v1/items/3")
    client.get("/tenants/acme/none")
    client.get("/tenants/acme/api/v1/items/3/", follow_redirects=False)

    assert [span.attributes["http.route"] for span in telemetry.servers] == [
        "/tenants/{tenant}/api/v1/items/{item_id}",
        "/tenants/{tenant}/{path}",
        "/tenants/{tenant}/api/v1/items/{item_id}",
    ]


def test_route_has_the_path_of_the_server(telemetry, app):
    """A root path that a proxy has left in the path is in the template; one that it has taken off is not."""
    app.get("/items")(lambda: 1)

    ask(app, scope=http_scope("/proxy/items", method="GET", root_path="/proxy"))
    ask(app, scope=http_scope("/items", method="GET", root_path="/proxy"))

    assert [span.attributes["http.route"] for span in telemetry.servers] == ["/proxy/items", "/items"]


def test_route_of_a_recorded_application_in_another_one(telemetry, app):
    """What it is mounted at may hold values, and is left out."""
    app.get("/items")(lambda: 1)
    outer = Straightway()
    outer.mount("/tenants/{tenant}", app)

    TestClient(outer).get("/tenants/acme/items")

    assert telemetry.servers[0].name == "GET /items"


def test_routes_that_are_no_endpoints(telemetry, app, client, tmp_path):
    """Static files, frontends and plain Starlette routes have theirs."""
    (tmp_path / "index.html").write_text("index")
    app.mount("/static", StaticFiles(directory=tmp_path))
    app.router.add_route("/plain/{name}", lambda _: PlainTextResponse("plain"))
    app.frontend("/ui", directory=tmp_path, fallback="index.html")

    for path in ("/static/index.html", "/plain/x", "/ui/some/where"):
        assert client.get(path, headers={"accept": "text/html"}).status_code == 200

    assert telemetry.names == ["GET /static/{path}", "GET /plain/{name}", "GET /ui/{path}"]


def test_host_is_no_part_of_the_route(telemetry, app, client):
    """An application for a host has no path of its own."""
    other = Straightway()
    other.get("/items")(lambda: 1)
    app.host("other.example", other)

    client.get("/items", headers={"host": "other.example"})

    assert telemetry.servers[0].name == "GET /items"


def test_route_that_is_asked_and_refuses_the_method(telemetry, app, client):
    """A route with a `matches` of its own is noted where all but the method matches."""

    class Asked(Route):
        def matches(self, scope):
            return super().matches(scope)

    app.router.routes.append(Asked("/asked", lambda _: PlainTextResponse("asked")))

    assert client.post("/asked").status_code == 405

    assert telemetry.servers[0].name == "POST /asked"


def test_measurements(telemetry, app, client):
    """Each request counts once in a histogram of seconds, with nothing in its attributes that a client makes up."""
    app.get("/items/{item_id}")(lambda item_id: item_id)

    for item_id in (1, 2):
        client.get(f"/items/{item_id}?q={item_id}", headers={"host": f"host-{item_id}"})

    (point,) = telemetry.points()
    assert (point.count, point.sum > 0) == (2, True)
    assert point.explicit_bounds[:3] == (0.005, 0.01, 0.025)
    assert point.attributes == {
        "url.scheme": "http",
        "http.request.method": "GET",
        "network.protocol.version": "1.1",
        "http.route": "/items/{item_id}",
        "http.response.status_code": 200,
    }


def test_active_requests(telemetry, app, client):
    """A request is active until its answer is complete, background tasks or not."""
    active = []

    def note():
        (point,) = telemetry.points("http.server.active_requests")
        active.append(point.value)

    @app.get("/")
    def read_root(tasks: BackgroundTasks):
        note()
        tasks.add_task(note)

    client.get("/")

    assert active == [1, 0]


@pytest.mark.parametrize(
    ("signals", "found"),
    [
        ({"tracing": False}, (0, 1, 1)),
        ({"metrics": False}, (1, 0, 1)),
        ({"logs": False}, (1, 1, 0)),
        ({"tracing": False, "metrics": False, "logs": False}, (0, 0, 0)),
    ],
    ids=["no spans", "no metrics", "no logs", "nothing"],
)
def test_signals_are_independent(telemetry, signals, found):
    """Each can be turned off."""
    app = Straightway(telemetry={**telemetry.config, **signals})
    app.get("/")(lambda: 1 / 0)

    TestClient(app, raise_server_exceptions=False).get("/")

    assert (len(telemetry.servers), len(telemetry.points()), len(telemetry.logs)) == found


def test_other_tracing_stays_current_without_spans(telemetry):
    """An application that records no spans leaves those of whoever does."""
    app = Straightway(telemetry={**telemetry.config, "tracing": False})

    @app.get("/")
    async def read_root():
        return format(trace.get_current_span().get_span_context().span_id, "x")

    with telemetry.tracer_provider.get_tracer("outer").start_as_current_span("outer") as outer:
        answer = []

        async def call():
            with trace.use_span(outer):
                await app(http_scope(method="GET"), receive, send)

        async def receive():
            return {"type": "http.request"}

        async def send(message):
            answer.append(message.get("body"))

        anyio.run(call)

    assert answer[-1].decode().strip('"') == format(outer.get_span_context().span_id, "x")


def test_unsampled_requests_are_measured(telemetry, app, client):
    """Sampling is about spans."""
    telemetry.tracer_provider.sampler = ALWAYS_OFF

    client.get("/")

    assert (telemetry.spans, len(telemetry.points())) == ((), 1)


def test_span_is_current_in_middleware_and_error_handlers(telemetry, app, client):
    """Whatever answers can add to it; an exception is noted though a handler of one's own answers it."""

    @app.middleware("http")
    async def middleware(request, call_next):
        trace.get_current_span().set_attribute("middleware", True)
        return await call_next(request)

    @app.exception_handler(500)
    async def answer(request, error):
        trace.get_current_span().set_attribute("handler", True)
        return JSONResponse("sorry", status_code=500)

    app.get("/")(lambda: 1 / 0)

    assert client.get("/").json() == "sorry"

    (span,) = telemetry.servers
    assert (span.attributes["middleware"], span.attributes["handler"]) == (True, True)
    assert span.attributes["error.type"] == "ZeroDivisionError"


def test_synchronous_error_handler(telemetry, app, client):
    """It runs in a thread; the exception is noted there."""
    app.add_exception_handler(Exception, lambda *_: JSONResponse("sorry", status_code=500))
    app.get("/")(lambda: 1 / 0)

    assert client.get("/").json() == "sorry"

    assert telemetry.servers[0].attributes["error.type"] == "ZeroDivisionError"


def test_debug_page_is_an_error(telemetry):
    """So is what `debug=True` answers."""
    app = Straightway(telemetry=telemetry.config, debug=True)
    app.get("/")(lambda: 1 / 0)

    assert "ZeroDivisionError" in TestClient(app, raise_server_exceptions=False).get("/").text

    assert telemetry.servers[0].attributes["error.type"] == "ZeroDivisionError"


def test_stream_ends_the_span_before_what_follows(telemetry, app, client):
    """Its last chunk is the end: background tasks and the clean-up of dependencies are not the client's time."""
    ended = []

    def note(stage):
        ended.append((stage, len(telemetry.servers)))

    async def dependency():
        yield
        note("clean-up")

    @app.get("/", dependencies=[Depends(dependency)])
    async def stream(tasks: BackgroundTasks):
        tasks.add_task(note, "background")

        async def chunks():
            yield "a"
            note("stream")
            yield "b"

        return StreamingResponse(chunks())

    assert client.get("/").text == "ab"

    assert ended == [("stream", 0), ("background", 1), ("clean-up", 1)]


def observed(telemetry, app, *, receive=None, **scope):
    """Run a bare ASGI application under telemetry, return what it raises."""
    native = NativeTelemetry(Straightway(telemetry=telemetry.config)._telemetry)
    scope = http_scope(method="GET", **scope)

    async def no_message():
        return {"type": "http.disconnect"}

    async def send(message):
        pass

    async def run():
        try:
            await native(app, scope, receive or no_message, send)
        except Exception as error:  # noqa: BLE001  # the caller looks at it
            return error

    try:
        return anyio.run(run)
    finally:
        assert "fastapi.telemetry" not in scope


async def leaves(scope, receive, send):
    """Stop where the client has gone."""
    await receive()


async def gives_nothing(scope, receive, send):
    """Begin a response and leave it."""
    await send({"type": "http.response.start", "status": 200})


async def breaks(scope, receive, send):
    """Fail in the middle of a response."""
    await send({"type": "http.response.start", "status": 200})
    raise OSError


@pytest.mark.parametrize(
    ("app", "error"),
    [(leaves, "ConnectionError"), (gives_nothing, "RuntimeError"), (breaks, "OSError")],
    ids=["client has left", "no body", "exception in the body"],
)
def test_incomplete_response_is_an_error(telemetry, app, error):
    """The span ends with the connection, and says why there was no whole answer."""
    observed(telemetry, app)

    (span,) = telemetry.servers
    assert span.attributes["error.type"] == error
    assert telemetry.points()[0].attributes["error.type"] == error
    assert telemetry.points("http.server.active_requests")[0].value == 0


def test_cancelled_request_is_an_error(telemetry, app):
    """A server that stops cancels what runs; that is recorded and handed on, and is no exception for the log."""

    @app.get("/")
    async def read_root():
        await anyio.sleep_forever()

    async def run():
        with anyio.move_on_after(0.05) as scope:
            await app(http_scope(method="GET"), receive, send)
        return scope.cancelled_caught

    async def receive():
        return {"type": "http.request"}

    async def send(message): ...

    assert anyio.run(run)

    assert telemetry.servers[0].attributes["error.type"].endswith("CancelledError")
    assert telemetry.logs == []


@pytest.mark.parametrize(
    "last",
    [
        {"type": "http.response.pathsend", "path": "/tmp/x"},  # noqa: S108  # nothing reads it
        {"type": "http.response.zerocopysend", "file": 0},
        {"type": "http.response.body", "body": b""},
    ],
    ids=lambda message: message["type"].rpartition(".")[2],
)
def test_every_kind_of_last_message_ends_the_span(telemetry, last):
    """Files that the server sends itself, too; whatever comes after it does not change the outcome."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.debug", "info": {}})
        await send(last)
        assert len(telemetry.servers) == 1

    assert observed(telemetry, app) is None

    assert telemetry.servers[0].status.is_ok


def test_trailers_end_the_span(telemetry):
    """Where there are trailers, the body is not the end."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "trailers": True})
        await send({"type": "http.response.body", "body": b""})
        await send({"type": "http.response.trailers", "headers": [], "more_trailers": True})
        assert telemetry.servers == []
        await send({"type": "http.response.trailers", "headers": []})
        assert len(telemetry.servers) == 1

    assert observed(telemetry, app) is None


def test_propagator_is_the_global_one(telemetry, app, client, monkeypatch):
    """Whatever an installation propagates."""

    class Ours(type(propagate.get_global_textmap())):
        def extract(self, carrier, context=None, getter=None):
            return baggage.set_baggage("tenant", getter.get(carrier, "X-Tenant")[0])

    monkeypatch.setattr(propagate, "get_global_textmap", lambda: Ours([]))
    app.get("/")(lambda: baggage.get_baggage("tenant"))

    assert client.get("/", headers={"x-tenant": "acme"}).json() == "acme"


def test_context_is_as_before_after_a_request(telemetry, app):
    """In the task that has called the application."""
    app.get("/")(lambda: 1)

    async def run():
        before = context.get_current()
        await app(http_scope(method="GET"), receive, send)
        return context.get_current() is before

    async def receive():
        return {"type": "http.request"}

    async def send(message): ...

    assert anyio.run(run)


def test_kept_context_does_not_keep_the_request(telemetry):
    """Contexts travel into caches and tasks: what they hold of a request is emptied, after an error too."""
    contexts, requests = [], []
    # A log record holds its exception, and that its frames: this is about the context.
    app = Straightway(telemetry={**telemetry.config, "logs": False})

    @app.get("/")
    async def read_root(request: Request):
        contexts.append(context.get_current())
        requests.append(weakref.ref(request))
        raise ValueError

    TestClient(app, raise_server_exceptions=False).get("/")
    gc.collect()

    assert get_telemetry_data(contexts[0]) is None
    assert requests[0]() is None
