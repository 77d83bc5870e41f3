"""`app.dependency_overrides`: what stands in for what, where and from when."""

from functools import partial
from typing import Annotated, Any

import pytest

from straightway import APIRouter, Body, Depends, Header, Security, Straightway
from straightway.security import SecurityScopes
from straightway.testclient import TestClient
from straightway.testing import override_dependencies


def original(q: str) -> str:
    """Return a required query parameter."""
    return f"original {q}"


def outer(inner: Annotated[str, Depends(original)]) -> str:
    """Depend on another one."""
    return f"outer {inner}"


def make_app() -> Straightway:
    """Return an application with endpoints that use the dependencies directly, indirectly and for nothing."""
    app, router = Straightway(), APIRouter()

    @app.get("/direct")
    async def direct(value: Annotated[str, Depends(original)]):
        return value

    @router.get("/nested")
    def nested(value: Annotated[str, Depends(outer)]):
        return value

    app.include_router(router, prefix="/r")
    app.get("/listed", dependencies=[Depends(outer)])(lambda: "listed")
    return app


def function(z: str = "default") -> str:
    """Take an optional parameter instead."""
    return f"function {z}"


async def coroutine(x_z: Annotated[str, Header()] = "default") -> str:
    """Take a header instead."""
    return f"coroutine {x_z}"


def generator() -> Any:
    """Yield a value."""
    yield "generator"


async def asynchronous_generator() -> Any:
    """Yield a value on the event loop."""
    yield "asynchronous generator"


def prefixed(prefix: str, z: str = "default") -> str:
    """Take an argument that a partial gives."""
    return f"{prefix} {z}"


@pytest.mark.parametrize(
    ("replacement", "expected"),
    [
        (function, "function 1"),
        (coroutine, "coroutine default"),
        (generator, "generator"),
        (asynchronous_generator, "asynchronous generator"),
        (partial(prefixed, "partial"), "partial 1"),
        (lambda: "lambda", "lambda"),
    ],
)
def test_any_callable_may_stand_in(replacement: Any, expected: str):
    """The replacement's own parameters come from the request; those of the original are not asked for any more."""
    app = make_app()
    client = TestClient(app)
    assert client.get("/direct").status_code == 422

    app.dependency_overrides[original] = replacement

    assert client.get("/direct?z=1").json() == expected
    assert client.get("/r/nested?z=1").json() == f"outer {expected}"
    assert client.get("/listed").status_code == 200


def test_overrides_may_be_taken_back():
    """The dictionary is looked at for each request: it may be filled, cleared and reassigned."""
    app = make_app()
    client = TestClient(app)
    seen = [client.get("/direct?q=1").json()]

    app.dependency_overrides[original] = function
    seen.append(client.get("/direct?q=1").json())
    app.dependency_overrides[original] = generator
    seen.append(client.get("/direct?q=1").json())
    app.dependency_overrides.clear()
    seen.append(client.get("/direct?q=1").json())
    app.dependency_overrides = {original: function}
    seen.append(client.get("/direct?q=1").json())
    del app.dependency_overrides[original]
    seen.append(client.get("/direct?q=1").json())

    assert seen == [
        "original 1",
        "function default",
        "generator",
        "original 1",
        "function default",
        "original 1",
    ]


def test_overrides_for_a_block():
    """`override_dependencies` restores what was there."""
    app = make_app()
    client = TestClient(app)
    app.dependency_overrides[outer] = lambda: "outer replaced"

    with override_dependencies(app, {original: generator}):
        inside = client.get("/direct").json(), client.get("/r/nested").json()

    assert inside == ("generator", "outer replaced")
    assert client.get("/direct?q=1").json() == "original 1"
    assert app.dependency_overrides.keys() == {outer}


def test_what_a_replacement_needs_may_be_replaced():
    """Sub-dependencies of a replacement are overridden too; a replacement itself is not replaced again."""
    app = make_app()

    def needing(value: Annotated[str, Depends(function)]):
        return f"needing {value}"

    app.dependency_overrides = {original: needing, function: lambda: "sub", needing: lambda: "chained"}

    assert TestClient(app).get("/direct").json() == "needing sub"


def test_a_replacement_may_use_the_original():
    """A dependency that wraps the one it stands in for gets the original, called with its own parameters."""
    app = make_app()

    def wrapping(q: str):
        return f"wrapped {original(q)}"

    app.dependency_overrides[original] = wrapping

    assert TestClient(app).get("/direct?q=1").json() == "wrapped original 1"


def test_replacements_are_shared_as_the_originals_are():
    """A replacement is called once for equal declarations, and once for each that has another scope."""
    app = Straightway()
    calls: list[int] = []

    def replacement():
        calls.append(1)
        return len(calls)

    @app.get("/")
    async def endpoint(
        a: Annotated[Any, Depends(original)],
        b: Annotated[Any, Depends(original)],
        c: Annotated[Any, Depends(original, use_cache=False)],
    ):
        return [a, b, c]

    app.dependency_overrides[original] = replacement

    assert TestClient(app).get("/").json() == [1, 1, 2]


def test_a_replacement_gets_the_scopes():
    """`SecurityScopes` of a replacement are those that the original was declared with."""
    app = Straightway()

    @app.get("/")
    async def endpoint(value: Annotated[Any, Security(original, scopes=["a", "b"])]):
        return value

    def scopes(scopes: SecurityScopes):
        return scopes.scopes

    app.dependency_overrides[original] = scopes

    assert TestClient(app).get("/").json() == ["a", "b"]


def test_instances_and_classes_may_be_replaced():
    """The key is the object that was given to `Depends`."""

    class Service:
        def __init__(self, q: str) -> None:
            self.q = q

        def __call__(self, n: int) -> str:
            return f"{self.q} {n}"

    instance = Service("instance")
    app = Straightway()

    @app.get("/")
    async def endpoint(service: Annotated[Any, Depends(Service)], value: Annotated[str, Depends(instance)]):
        return [service, value]

    app.dependency_overrides = {Service: lambda: "service", instance: lambda: "instance"}

    assert TestClient(app).get("/").json() == ["service", "instance"]


def test_mounted_applications_have_overrides_of_their_own():
    """Overrides of an application do not reach one that is mounted in it."""
    app, sub = make_app(), make_app()
    app.mount("/sub", sub)
    app.dependency_overrides[original] = generator
    client = TestClient(app)

    assert client.get("/direct").json() == "generator"
    assert client.get("/sub/direct?q=1").json() == "original 1"


def test_the_document_is_that_of_the_originals():
    """OpenAPI describes what the application declares."""
    app = make_app()
    app.dependency_overrides[original] = function

    parameters = app.openapi()["paths"]["/direct"]["get"]["parameters"]

    assert [each["name"] for each in parameters] == ["q"]


def test_a_replacement_that_needs_a_body_finds_none():
    """The body is read as the original route declares: a replacement cannot add one."""
    app = make_app()

    def needs_body(item: Annotated[dict[str, int], Body()]):
        return item

    app.dependency_overrides[original] = needs_body

    response = TestClient(app).request("GET", "/direct", json={"a": 1})

    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body"]
