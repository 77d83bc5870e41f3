"""starlette-context: what belongs to a request, reachable from everywhere."""

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, Header
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from starlette_context import context, plugins, request_cycle_context
from starlette_context.errors import ContextDoesNotExistError
from starlette_context.header_keys import HeaderKeys
from starlette_context.middleware import ContextMiddleware, RawContextMiddleware


@pytest.fixture
def later() -> list[str]:
    """Collect what background tasks see."""
    return []


@pytest.fixture(params=[ContextMiddleware, RawContextMiddleware])
def client(request: pytest.FixtureRequest, later: list[str]) -> TestClient:
    """Make an application under each of the middlewares."""
    app = FastAPI()
    app.add_middleware(
        request.param, plugins=(plugins.RequestIdPlugin(), plugins.CorrelationIdPlugin(validate=False))
    )

    def user(x_user: str = Header()) -> None:
        context["user"] = x_user

    async def group() -> None:
        context["group"] = context["user"].upper()

    @app.get("/thread", dependencies=[Depends(user), Depends(group)])
    def thread(tasks: BackgroundTasks):
        tasks.add_task(lambda: later.append(context["user"]))
        return context.data

    @app.get("/loop", dependencies=[Depends(user), Depends(group)])
    async def loop():
        return context.data

    @app.get("/stream", dependencies=[Depends(user)])
    async def stream():
        async def parts():
            yield context["user"]

        return StreamingResponse(parts())

    return TestClient(app)


@pytest.mark.parametrize("path", ["/thread", "/loop"])
def test_dependencies_and_endpoints_share_the_context(client: TestClient, path: str):
    """What a dependency puts in, in a thread or not, the next ones find, beside what the plugins read."""
    headers = {"x-user": "ann", HeaderKeys.correlation_id: "from-the-caller"}

    data = client.get(path, headers=headers).json()

    assert (data["user"], data["group"]) == ("ann", "ANN")
    assert data[HeaderKeys.correlation_id] == "from-the-caller"
    assert len(data[HeaderKeys.request_id]) == 32


def test_requests_do_not_see_each_other(client: TestClient, later: list[str]):
    """Each request begins with a context of its own; background tasks still have it."""
    first, second = (client.get("/thread", headers={"x-user": user}) for user in ("ann", "bob"))

    assert [first.json()["user"], second.json()["user"]] == ["ann", "bob"]
    assert first.json()[HeaderKeys.request_id] != second.json()[HeaderKeys.request_id]
    assert later == ["ann", "bob"]
    with pytest.raises(ContextDoesNotExistError):
        context.data  # noqa: B018 - reading it is what fails


def test_plugins_write_headers(client: TestClient):
    """Ids go out in the answer, and a stream is sent within the context."""
    answer = client.get("/stream", headers={"x-user": "ann", HeaderKeys.correlation_id: "abc"})

    assert answer.text == "ann"
    assert answer.headers[HeaderKeys.correlation_id] == "abc"
    assert len(answer.headers[HeaderKeys.request_id]) == 32


def test_bad_request_id_is_refused(client: TestClient):
    """A plugin that does not accept its header answers before the endpoint."""
    answer = client.get("/loop", headers={"x-user": "ann", HeaderKeys.request_id: "no uuid"})

    assert answer.status_code == 400


def test_context_opened_by_a_dependency():
    """Without a middleware, a dependency that yields can hold the context open for the request."""

    async def opened(x_user: str = Header()):
        with request_cycle_context({"user": x_user}):
            yield

    app = FastAPI(dependencies=[Depends(opened)])

    @app.get("/")
    async def read():
        return context["user"]

    assert TestClient(app).get("/", headers={"x-user": "ann"}).json() == "ann"
