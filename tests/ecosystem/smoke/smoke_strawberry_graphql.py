"""strawberry-graphql: a GraphQL interface as a router."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import strawberry
from fastapi import Depends, FastAPI
from fastapi.requests import HTTPConnection
from fastapi.testclient import TestClient
from strawberry.fastapi import BaseContext, GraphQLRouter
from strawberry.file_uploads import Upload
from strawberry.schema.config import StrawberryConfig
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import Info

log: list[str] = []


@strawberry.type
class Book:
    """A book."""

    title: str
    pages: int


class Context(BaseContext):
    """What resolvers get beside request and response."""

    def __init__(self, user: str) -> None:
        super().__init__()
        self.user = user


async def user(connection: HTTPConnection) -> AsyncGenerator[str]:
    """Read who asks; works for both kinds of connection."""
    log.append("open")
    yield connection.headers.get("x-user", "nobody")
    log.append("close")


def context(user: str = Depends(user)) -> Context:
    """Make the context with a dependency, in a thread."""
    return Context(user)


@strawberry.type
class Query:
    """What can be asked."""

    @strawberry.field
    def books(self, above: int = 0) -> list[Book]:
        return [
            book
            for book in (Book(title="Short", pages=10), Book(title="Long", pages=900))
            if book.pages > above
        ]

    @strawberry.field
    async def me(self, info: Info[Context, Any]) -> str:
        info.context.response.headers["x-answered"] = "yes"
        return info.context.user

    @strawberry.field
    def broken(self) -> str | None:
        raise ValueError("broken resolver")


@strawberry.type
class Mutation:
    """What can be done."""

    @strawberry.mutation
    async def note(self, text: str, info: Info[Context, Any]) -> int:
        info.context.background_tasks.add_task(log.append, f"later {text}")
        info.context.response.status_code = 201
        return len(text)

    @strawberry.mutation
    async def read(self, file: Upload) -> str:
        return (await file.read()).decode()


@strawberry.type
class Subscription:
    """What can be followed."""

    @strawberry.subscription
    async def count(self, info: Info[Context, Any], until: int) -> AsyncGenerator[str]:
        for number in range(until):
            yield f"{info.context.user} {number}"


@pytest.fixture
def client() -> TestClient:
    """Make an application with the router behind a prefix and a dependency."""
    log.clear()
    schema = strawberry.Schema(Query, Mutation, Subscription, config=StrawberryConfig(auto_camel_case=True))
    router = GraphQLRouter(schema, context_getter=context, multipart_uploads_enabled=True)
    app = FastAPI()
    app.include_router(router, prefix="/graphql")
    return TestClient(app)


def ask(client: TestClient, query: str, **variables: object) -> dict[str, Any]:
    """Send a query and give the data."""
    answer = client.post("/graphql", json={"query": query, "variables": variables}, headers={"x-user": "ann"})
    assert "errors" not in answer.json(), answer.text
    return answer.json()["data"]


def test_query_with_variables(client: TestClient):
    """Arguments select, fields are chosen."""
    query = "query ($n: Int!) { books(above: $n) { title } }"

    assert ask(client, query, n=100) == {"books": [{"title": "Long"}]}


def test_context_comes_from_dependencies(client: TestClient):
    """The context getter is a dependency with dependencies that are closed; resolvers reach the response."""
    answer = client.post("/graphql", json={"query": "{ me }"}, headers={"x-user": "ann"})

    assert answer.json() == {"data": {"me": "ann"}}
    assert answer.headers["x-answered"] == "yes"
    assert log == ["open", "close"]


def test_mutation_with_background_task(client: TestClient):
    """A task added by a resolver runs after the answer; it sets the status too."""
    answer = client.post("/graphql", json={"query": 'mutation { note(text: "abc") }'})

    assert (answer.status_code, answer.json()["data"]) == (201, {"note": 3})
    assert "later abc" in log


def test_errors_are_located(client: TestClient):
    """Errors of resolvers and of the query are in the answer."""
    broken = client.post("/graphql", json={"query": "{ broken }"}).json()
    wrong = client.post("/graphql", json={"query": "{ nothing }"}).json()

    assert broken["data"] == {"broken": None}
    assert broken["errors"][0]["message"] == "broken resolver"
    assert broken["errors"][0]["path"] == ["broken"]
    assert "nothing" in wrong["errors"][0]["message"]
    assert (
        client.post("/graphql", content=b"{", headers={"content-type": "application/json"}).status_code == 400
    )


def test_query_in_the_url_and_page(client: TestClient):
    """GET answers queries, and a browser gets the page."""
    assert client.get("/graphql", params={"query": "{ me }"}).json() == {"data": {"me": "nobody"}}

    page = client.get("/graphql", headers={"accept": "text/html"})

    assert page.headers["content-type"].startswith("text/html")
    assert "GraphiQL" in page.text


def test_subscription_over_a_websocket(client: TestClient):
    """The transport protocol is spoken; the context of a WebSocket has the same dependencies."""
    protocols = [GRAPHQL_TRANSPORT_WS_PROTOCOL]
    with client.websocket_connect("/graphql", protocols, headers={"x-user": "ann"}) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json()["type"] == "connection_ack"
        payload = {"query": "subscription { count(until: 2) }"}
        socket.send_json({"id": "1", "type": "subscribe", "payload": payload})
        received = [socket.receive_json() for _ in range(3)]

    assert [message.get("payload", {}).get("data") for message in received] == [
        {"count": "ann 0"},
        {"count": "ann 1"},
        None,
    ]
    assert received[2] == {"id": "1", "type": "complete"}


def test_upload(client: TestClient):
    """A file in a multipart request reaches the resolver."""
    operations = {"query": "mutation ($f: Upload!) { read(file: $f) }", "variables": {"f": None}}

    answer = client.post(
        "/graphql",
        data={"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.f"]})},
        files={"0": ("f.txt", b"content")},
    )

    assert answer.json() == {"data": {"read": "content"}}
