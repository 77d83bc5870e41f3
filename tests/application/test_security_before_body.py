"""A request that a dependency refuses is answered without its body being read."""

from typing import Annotated, Any

import anyio
import pytest
from pydantic import BaseModel
from starlette.types import Message

from straightway import (
    APIRouter,
    BackgroundTasks,
    Body,
    Depends,
    File,
    Form,
    Header,
    HTTPException,
    Request,
    Security,
    Straightway,
    UploadFile,
)
from straightway.security import HTTPBasic, HTTPBearer, OAuth2PasswordBearer
from straightway.testclient import TestClient
from tests.serve.asgi import ask, http_scope


class Item(BaseModel):
    """What an endpoint takes as JSON."""

    name: str


def status_without_receive(app: Straightway, *, path: str = "/", headers: Any = ()) -> int:
    """Return the status of the answer to a request of which nothing may be received."""
    statuses: list[int] = []

    async def receive() -> Message:
        raise AssertionError("the body was asked for")

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def run() -> None:
        with anyio.fail_after(5):
            await app(http_scope(path, headers=headers), receive, send)

    anyio.run(run)
    return statuses[0]


async def refuse() -> None:
    """Refuse whoever asks."""
    raise HTTPException(401)


def refuse_in_a_thread() -> None:
    """Refuse whoever asks, in a worker thread."""
    raise HTTPException(401)


async def refuse_while_open() -> Any:
    """Refuse whoever asks, instead of yielding."""
    if refuse is not None:
        raise HTTPException(401)
    yield


async def json_endpoint(item: Item):
    """Take a model."""


async def embedded_endpoint(item: Annotated[Item, Body(embed=True)], more: Annotated[int, Body()]):
    """Take two values of one document."""


def raw_endpoint(data: Annotated[bytes, Body()]):
    """Take bytes."""


async def form_endpoint(name: Annotated[str, Form()]):
    """Take a form."""


async def upload_endpoint(upload: UploadFile, files: Annotated[list[bytes], File()]):
    """Take files."""


BODIES = [json_endpoint, embedded_endpoint, raw_endpoint, form_endpoint, upload_endpoint]


@pytest.mark.parametrize("dependency", [refuse, refuse_in_a_thread, refuse_while_open])
@pytest.mark.parametrize("endpoint", BODIES)
def test_a_refusing_dependency_needs_no_body(dependency: Any, endpoint: Any):
    """A dependency that reads nothing of the body runs before the first `receive()`, whatever kind either is of."""
    app = Straightway()
    app.post("/", dependencies=[Depends(dependency)])(endpoint)

    assert status_without_receive(app) == 401


@pytest.mark.parametrize("scheme", [HTTPBearer(), HTTPBasic(), OAuth2PasswordBearer(tokenUrl="token")])
def test_security_schemes_need_no_body(scheme: Any):
    """A request without credentials is refused before an upload is read."""
    app = Straightway()
    app.post("/", dependencies=[Security(scheme)])(upload_endpoint)

    assert status_without_receive(app) == 401


def test_dependencies_of_every_level_come_before_the_body():
    """Application, router, inclusion and route may each refuse; a route's parameter after the body may, too."""
    statuses = []
    for level in range(5):
        given = [[Depends(refuse)] if level == number else [] for number in range(4)]
        router = APIRouter(dependencies=given[2])
        app = Straightway(dependencies=given[0])
        if level == 4:

            async def last(item: Item, user: Annotated[None, Depends(refuse)]):
                pass

            router.post("/", dependencies=given[3])(last)
        else:
            router.post("/", dependencies=given[3])(json_endpoint)
        app.include_router(router, dependencies=given[1])
        statuses.append(status_without_receive(app))

    assert statuses == [401] * 5


def test_a_chain_of_dependencies_needs_no_body():
    """Parameters of the refusing dependency's own, valid or not there, do not make it wait for the body."""
    app = Straightway()

    def token(authorization: Annotated[str, Header()]) -> str:
        return authorization

    async def user(token: Annotated[str, Depends(token)], request: Request, tasks: BackgroundTasks):
        raise HTTPException(403, f"not {token} at {request.url.path}")

    @app.post("/items/{item_id}")
    async def create(item_id: int, item: Item, user: Annotated[Any, Depends(user)]):
        pass

    assert status_without_receive(app, path="/items/1", headers=[("authorization", "ada")]) == 403


def test_a_malformed_body_does_not_hide_a_refusal():
    """A client that is not known learns nothing about its body."""
    app = Straightway()
    app.post("/", dependencies=[Depends(refuse)])(json_endpoint)

    response = TestClient(app).post("/", content=b"{", headers={"content-type": "application/json"})

    assert response.status_code == 401


def test_a_dependency_that_takes_a_body_waits_for_it():
    """What needs the body runs after it has been read, and what refuses before it still comes first."""
    app = Straightway()
    log: list[str] = []

    def before():
        log.append("before")

    def audit(item: Item):
        log.append(f"audit {item.name}")

    @app.post("/", dependencies=[Depends(audit), Depends(before)])
    async def create(item: Item):
        log.append("endpoint")

    result = ask(app, b'{"name": ', b'"x"}', headers=[("content-type", "application/json")])

    assert (result.status, result.chunks_read) == (200, 2)
    assert sorted(log[:2]) == ["audit x", "before"]
    assert log[2:] == ["endpoint"]


def test_yield_dependencies_see_an_invalid_body():
    """A dependency entered before the body was read gets the validation error at its `yield`."""
    app = Straightway()
    log: list[str] = []

    async def resource():
        try:
            yield
        except Exception as error:
            log.append(type(error).__name__)
            raise

    app.post("/", dependencies=[Depends(resource)])(json_endpoint)
    response = TestClient(app).post("/", json={"nome": "x"})

    assert (response.status_code, log) == (422, ["RequestValidationError"])


def test_an_endpoint_without_a_body_reads_none():
    """A body that nothing asks for is left where it is."""
    app = Straightway()
    app.post("/")(lambda: "done")

    assert status_without_receive(app) == 200
