"""Errors have one shape, whoever finds them, and carry the id of the request."""

import logging
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from straightway import Straightway
from straightway.testclient import TestClient
from todo.application import create_app
from todo.dependencies import get_session
from todo.settings import Settings

Headers = dict[str, str]


def break_sessions() -> None:
    """Fail as code fails that nobody has tested."""
    raise RuntimeError("secret detail")


@pytest.fixture
def broken(app: Straightway) -> Iterator[TestClient]:
    """A client of an application whose every use of the database is a mistake in the code."""
    app.dependency_overrides[get_session] = break_sessions
    with TestClient(app) as client:
        yield client


def test_unknown_address(client: TestClient) -> None:
    """An address without a route is answered with 404 in the common shape."""
    response = client.get("/nowhere")

    assert response.status_code == 404
    assert response.json() == {
        "code": "not_found",
        "message": "There is nothing at this address.",
        "details": [],
    }


def test_wrong_method(client: TestClient) -> None:
    """A method that the address does not have is answered with 405, in the common shape, with Allow."""
    response = client.put("/users/me")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET"
    assert response.json()["code"] == "method_not_allowed"


def test_invalid_request_says_what_and_where(client: TestClient) -> None:
    """A detail has the place, the kind and the words of a mistake, and nothing that was sent."""
    response = client.post("/users", json={"email": "ann@example.com"})

    assert response.status_code == 422
    assert response.json() == {
        "code": "invalid_request",
        "message": "The request is not valid.",
        "details": [{"location": ["body", "password"], "type": "missing", "message": "Field required"}],
    }


@pytest.mark.parametrize(
    "content", [b'{"email": ', b"\xff\xfe", b'{"email": NaN, "password": Infinity}'], ids=repr
)
def test_broken_json(client: TestClient, content: bytes) -> None:
    """Bytes that are not JSON, or not text, are a mistake of the client."""
    response = client.post("/users", content=content, headers={"Content-Type": "application/json"})

    assert response.status_code in {400, 422}
    assert response.json().keys() == {"code", "message", "details"}


@pytest.mark.parametrize("path", ["/users", "/todos", "/auth/token"])
def test_announced_body_that_is_too_large(client: TestClient, ann: Headers, path: str) -> None:
    """A body whose length is above the limit is refused before it is read."""
    response = client.post(path, headers=ann, json={"title": "x" * 10_000_000})

    assert response.status_code == 413
    assert response.json()["code"] == "content_too_large"
    assert "X-Request-ID" in response.headers


def test_streamed_body_that_is_too_large(client: TestClient, ann: Headers) -> None:
    """A body that grows above the limit while it is read is refused in the same words."""
    chunks = (b'{"title": "', *[b"x" * 1000] * 100, b'"}')

    response = client.post("/todos", headers=ann | {"Content-Type": "application/json"}, content=iter(chunks))

    assert response.status_code == 413
    assert response.json() == {
        "code": "content_too_large",
        "message": "The body of the request is too large.",
        "details": [],
    }


def test_body_within_the_limit(client: TestClient, ann: Headers) -> None:
    """The limit is not in the way of the longest description."""
    response = client.post("/todos", headers=ann, json={"title": "x", "description": "x" * 10_000})

    assert response.status_code == 201


def test_mistake_in_the_code(broken: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """An unhandled exception is logged with the id of the request, and answered without a word about it."""
    with caplog.at_level(logging.ERROR, "todo"):
        response = broken.get("/health/ready", headers={"X-Request-ID": "abc-1"})

    assert response.status_code == 500
    assert response.json()["code"] == "internal_error"
    assert "secret detail" not in response.text
    assert response.headers["X-Request-ID"] == "abc-1"
    assert "request abc-1" in caplog.text
    assert "secret detail" in caplog.text


def test_browser_may_read_a_mistake_in_the_code(broken: TestClient) -> None:
    """Without the headers of CORS, a browser would report a 500 as a network error."""
    response = broken.get("/health/ready", headers={"Origin": "https://todo.example"})

    assert response.status_code == 500
    assert response.headers["Access-Control-Allow-Origin"] == "https://todo.example"


def test_database_that_fails(client: TestClient, ann: Headers, settings: Settings) -> None:
    """Without its database the server asks to be tried again later, and its probe says so."""
    engine = create_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE users RENAME TO people"))
    engine.dispose()

    probe = client.get("/health/ready")

    assert probe.status_code == 503
    assert probe.json()["code"] == "database_unavailable"
    assert probe.headers["Retry-After"] == "5"
    assert client.get("/health/live").status_code == 200
    if settings.database_url.startswith(
        "sqlite"
    ):  # PostgreSQL reports a missing table as a mistake in the code
        assert client.get("/todos", headers=ann).status_code == 503


def test_database_that_cannot_be_reached() -> None:
    """The server starts without its database, is alive, and is not ready."""
    settings = Settings(database_url="postgresql://todo:todo@127.0.0.1:1/todo")

    with TestClient(create_app(settings)) as client:
        live, ready = client.get("/health/live"), client.get("/health/ready")

    assert (live.status_code, ready.status_code) == (200, 503)
    assert ready.json()["code"] == "database_unavailable"


def test_healthy_server(client: TestClient) -> None:
    """Both probes answer 200 when all is well."""
    assert [client.get(f"/health/{probe}").json() for probe in ("live", "ready")] == [{"status": "ok"}] * 2


@pytest.mark.parametrize("path", ["/health/live", "/nowhere", "/users/me", "/openapi.json"])
def test_every_answer_has_a_request_id(client: TestClient, path: str) -> None:
    """Successes and failures alike have an id, a new one for each request."""
    ids = {client.get(path).headers["X-Request-ID"] for _ in range(2)}

    assert len(ids) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", request_id) for request_id in ids)


@pytest.mark.parametrize("given", ["x" * 129, "a b", 'a"b', ""], ids=repr)
def test_strange_request_id_is_replaced(client: TestClient, given: str) -> None:
    """What a client calls its request goes into the log only if it can do no harm there."""
    response = client.get("/health/live", headers={"X-Request-ID": given})

    assert re.fullmatch("[0-9a-f]{32}", response.headers["X-Request-ID"])


def test_preflight_of_the_web_site(client: TestClient) -> None:
    """A site of the settings may call the API with a token and JSON; another may not."""
    ask = {
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type",
    }

    ours = client.options("/todos", headers=ask | {"Origin": "https://todo.example"})
    other = client.options("/todos", headers=ask | {"Origin": "https://evil.example"})

    assert (ours.status_code, other.status_code) == (200, 400)
    assert ours.headers["Access-Control-Allow-Origin"] == "https://todo.example"
    assert "Access-Control-Allow-Origin" not in other.headers
