"""Endpoints that talk over a WebSocket."""

from threading import Event
from typing import Annotated, Any

import pytest
from starlette.requests import HTTPConnection
from starlette.testclient import WebSocketDenialResponse

from straightway import (
    APIRouter,
    Cookie,
    Depends,
    Header,
    HTTPException,
    Path,
    Query,
    Security,
    Straightway,
    WebSocket,
    WebSocketDisconnect,
    WebSocketException,
)
from straightway.exceptions import WebSocketRequestValidationError
from straightway.security import HTTPBearer, SecurityScopes
from straightway.testclient import TestClient


async def answer(websocket: WebSocket, value: Any) -> None:
    """Accept, send one value and close."""
    await websocket.accept()
    await websocket.send_json(value)
    await websocket.close()


def talk(app: Straightway, path: str, **options: Any) -> Any:
    """Return the first JSON value that the application sends."""
    with TestClient(app).websocket_connect(path, **options) as websocket:
        return websocket.receive_json()


def refusal(app: Straightway, path: str, **options: Any) -> tuple[int, Any]:
    """Return code and reason of a connection that the application closes before it accepts."""
    with (
        pytest.raises(WebSocketDisconnect) as caught,
        TestClient(app).websocket_connect(path, **options),
    ):
        pass
    return caught.value.code, caught.value.reason


def test_parameters_come_from_the_handshake():
    """Path, query, headers and cookies are read and validated as for HTTP."""
    app = Straightway()

    @app.websocket("/rooms/{room}")
    async def endpoint(
        websocket: WebSocket,
        room: Annotated[int, Path(ge=1)],
        tags: Annotated[list[str], Query()],
        x_key: Annotated[str, Header()],
        session: Annotated[str | None, Cookie()] = None,
        limit: int = 10,
    ):
        await answer(websocket, [room, tags, x_key, session, limit])

    options = {"headers": {"x-key": "k", "cookie": "session=s"}}

    assert talk(app, "/rooms/3?tags=a&tags=b", **options) == [3, ["a", "b"], "k", "s", 10]


def test_invalid_parameters_close_the_connection():
    """What does not fit is a policy violation (RFC 6455, code 1008), with the errors as the reason."""
    app = Straightway()

    @app.websocket("/rooms/{room}")
    async def endpoint(websocket: WebSocket, room: int, key: str):
        await answer(websocket, room)

    code, reason = refusal(app, "/rooms/x")

    assert code == 1008
    assert [each["loc"] for each in reason] == [["path", "room"], ["query", "key"]]


def test_a_handler_may_answer_invalid_parameters():
    """`WebSocketRequestValidationError` has a handler that an application may replace."""
    app = Straightway()

    @app.websocket("/")
    async def endpoint(websocket: WebSocket, key: str):
        await answer(websocket, key)

    @app.exception_handler(WebSocketRequestValidationError)
    async def close(websocket: WebSocket, error: WebSocketRequestValidationError):
        await websocket.close(code=4000, reason=f"{len(error.errors())} error in {error.endpoint_function}")

    assert refusal(app, "/") == (4000, "1 error in endpoint")


def test_dependencies_are_called_once():
    """Dependencies get the WebSocket or the connection, are shared, and may be nested."""
    app = Straightway()
    calls: list[str] = []

    async def name(connection: HTTPConnection, q: str = "nobody"):
        calls.append("name")
        return f"{q} at {connection.url.path}"

    def greeting(websocket: WebSocket, name: Annotated[str, Depends(name)]):
        return f"hello {name} on {type(websocket).__name__}"

    @app.websocket("/ws")
    async def endpoint(
        websocket: WebSocket, text: Annotated[str, Depends(greeting)], name: Annotated[str, Depends(name)]
    ):
        await answer(websocket, [text, name])

    assert talk(app, "/ws?q=ada") == ["hello ada at /ws on WebSocket", "ada at /ws"]
    assert calls == ["name"]


def test_dependencies_of_all_levels_run_in_order():
    """Application, inclusion, router, route and parameter: the same order as for HTTP."""
    log: list[str] = []

    def noting(word: str) -> Any:
        def dependency() -> None:
            log.append(word)

        return Depends(dependency)

    router = APIRouter(dependencies=[noting("router")], prefix="/r")

    @router.websocket("/ws", dependencies=[noting("route")])
    async def endpoint(websocket: WebSocket, _: Annotated[None, noting("param")]):
        await answer(websocket, websocket.scope["route"].path)

    app = Straightway(dependencies=[noting("app")])
    app.include_router(router, prefix="/p", dependencies=[noting("include")])

    assert talk(app, "/p/r/ws") == "/p/r/ws"
    assert log == ["app", "include", "router", "route", "param"]


def test_dependencies_exit_after_the_endpoint():
    """Those of function scope exit when the endpoint has returned, those of the connection right after."""
    app = Straightway()
    log: list[str] = []
    over = Event()

    async def connection():
        log.append("connection in")
        yield
        log.append("connection out")
        over.set()

    def function():
        log.append("function in")
        yield
        log.append("function out")

    @app.websocket("/")
    async def endpoint(
        websocket: WebSocket,
        a: Annotated[None, Depends(connection)],
        b: Annotated[None, Depends(function, scope="function")],
    ):
        await answer(websocket, None)
        log.append("closed")

    with TestClient(app).websocket_connect("/"):
        # The client cancels what is still running when it leaves.
        assert over.wait(10)

    assert log == ["connection in", "function in", "closed", "function out", "connection out"]


def test_dependencies_see_the_clients_leaving():
    """`WebSocketDisconnect` passes through the endpoint and the dependencies, and is no error of the server's."""
    app = Straightway()
    log: list[str] = []

    async def resource():
        try:
            yield
        except WebSocketDisconnect as error:
            log.append(f"left with {error.code}")
            raise

    @app.websocket("/")
    async def endpoint(websocket: WebSocket, r: Annotated[None, Depends(resource)]):
        await websocket.accept()
        try:
            await websocket.receive_text()
        except WebSocketDisconnect:
            log.append("endpoint")
            raise

    @app.exception_handler(WebSocketDisconnect)
    async def handle(websocket: WebSocket, error: WebSocketDisconnect):
        log.append("handler")

    with TestClient(app).websocket_connect("/") as websocket:
        websocket.close(4001)

    assert log == ["endpoint", "left with 4001", "handler"]


def test_a_websocket_exception_closes_the_connection():
    """`WebSocketException` closes with its code and reason, raised by a dependency before the connection is accepted."""
    app = Straightway()

    async def refuse():
        raise WebSocketException(code=4003, reason="not you")

    @app.websocket("/", dependencies=[Depends(refuse)])
    async def endpoint(websocket: WebSocket):
        await answer(websocket, None)

    assert refusal(app, "/") == (4003, "not you")


def test_a_websocket_exception_after_the_connection_is_accepted_closes_it():
    """The same exception ends a conversation."""
    app = Straightway()

    @app.websocket("/")
    async def endpoint(websocket: WebSocket):
        await websocket.accept()
        raise WebSocketException(code=4004, reason="enough")

    with (
        TestClient(app).websocket_connect("/") as websocket,
        pytest.raises(WebSocketDisconnect) as caught,
    ):
        websocket.receive_json()

    assert (caught.value.code, caught.value.reason) == (4004, "enough")


def test_an_http_exception_before_the_connection_is_accepted_is_an_http_response():
    """The client of a refused handshake gets status, headers and body of the exception's handler."""
    app = Straightway()

    async def refuse():
        raise HTTPException(401, "who are you", headers={"www-authenticate": "Bearer"})

    @app.websocket("/", dependencies=[Depends(refuse)])
    async def endpoint(websocket: WebSocket):
        await answer(websocket, None)

    with pytest.raises(WebSocketDenialResponse) as caught, TestClient(app).websocket_connect("/"):
        pass

    assert caught.value.status_code == 401
    assert caught.value.headers["www-authenticate"] == "Bearer"
    assert caught.value.json() == {"detail": "who are you"}


def test_security_schemes_work():
    """Ready-made schemes read the handshake; scopes reach `SecurityScopes`."""
    app = Straightway()

    def user(
        scopes: SecurityScopes, credentials: Annotated[Any, Depends(HTTPBearer(auto_error=False))]
    ) -> Any:
        return [scopes.scopes, credentials and credentials.credentials]

    @app.websocket("/")
    async def endpoint(websocket: WebSocket, user: Annotated[Any, Security(user, scopes=["talk"])]):
        await answer(websocket, user)

    assert talk(app, "/", headers={"authorization": "Bearer t"}) == [["talk"], "t"]
    assert talk(app, "/") == [["talk"], None]


def test_dependencies_may_be_overridden():
    """Overrides count from the next connection, also in included routers, and may have parameters."""
    app = Straightway()
    router = APIRouter()

    def original() -> str:
        return "original"

    @router.websocket("/")
    async def endpoint(websocket: WebSocket, value: Annotated[str, Depends(original)]):
        await answer(websocket, value)

    app.include_router(router)
    before = talk(app, "/")

    async def replacement(q: str):
        yield f"replaced {q}"

    app.dependency_overrides[original] = replacement
    during = talk(app, "/?q=1")
    code, _ = refusal(app, "/")
    app.dependency_overrides = {}

    assert (before, during, code, talk(app, "/")) == ("original", "replaced 1", 1008, "original")


def test_unknown_paths_are_closed():
    """A path without a WebSocket route is refused, an HTTP endpoint's path too."""
    app = Straightway()
    app.get("/http")(lambda: "http")

    assert refusal(app, "/nowhere")[0] == 1000
    assert refusal(app, "/http")[0] == 1000


def test_http_and_websocket_may_share_a_path():
    """Either kind of route answers its own kind of connection, whichever is declared first."""
    app = Straightway()

    @app.websocket("/x")
    async def endpoint(websocket: WebSocket):
        await answer(websocket, "websocket")

    app.get("/x")(lambda: "http")

    assert talk(app, "/x") == "websocket"
    assert TestClient(app).get("/x").json() == "http"


def test_plain_websocket_routes_have_nothing_injected():
    """`websocket_route` and `add_websocket_route` take functions of one WebSocket, as Starlette's."""
    app = Straightway()
    router = APIRouter(prefix="/ignored")

    @app.websocket_route("/a")
    async def first(websocket: WebSocket):
        await answer(websocket, "a")

    @router.websocket_route("/b", name="second")
    async def second(websocket: WebSocket):
        await answer(websocket, "b")

    app.include_router(router, prefix="/p")

    assert [talk(app, "/a"), talk(app, "/p/b")] == ["a", "b"]
    assert app.url_path_for("second") == "/p/b"


def test_errors_of_an_endpoint_reach_the_server():
    """An exception without a handler is raised to the server, after the dependencies have seen it."""
    app = Straightway()
    log: list[str] = []

    def resource():
        try:
            yield
        except LookupError:
            log.append("seen")
            raise

    @app.websocket("/")
    async def endpoint(websocket: WebSocket, r: Annotated[None, Depends(resource)]):
        await websocket.accept()
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"), TestClient(app).websocket_connect("/") as websocket:
        websocket.receive_json()

    assert log == ["seen"]
