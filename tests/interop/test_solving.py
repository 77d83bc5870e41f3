from contextlib import AsyncExitStack
from typing import Annotated

import anyio
import pytest
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from straightway import BackgroundTasks, Body, Depends, Form, Security
from straightway import Request as RequestParameter
from straightway import Response as ResponseParameter
from straightway.analyse.dependant import Dependant
from straightway.analyse.graph import get_dependant
from straightway.interop import solving
from straightway.interop.solving import solve_dependencies
from straightway.security import SecurityScopes


class Provider:
    """Has overrides, as an application has."""

    def __init__(self, **overrides):
        self.dependency_overrides = overrides


def scope_of(path_params=None, query=b"", kind="http", **more):
    """Make the scope of a request."""
    return {"type": kind, "query_string": query, "headers": [], "path_params": path_params or {}, **more}


def solve(dependant, *, scope=None, inside=None, **options):
    """Solve a dependency tree inside the stacks it needs, and return what came out."""

    async def call():
        current = scope or scope_of()
        async with AsyncExitStack() as request_stack, AsyncExitStack() as function_stack:
            current["fastapi_inner_astack"] = request_stack
            current["fastapi_function_astack"] = function_stack
            is_websocket = current["type"] == "websocket"
            connection = WebSocket(current, receive, send) if is_websocket else Request(current)
            solved = await solve_dependencies(
                **{
                    "request": connection,
                    "dependant": dependant,
                    "async_exit_stack": request_stack,
                    "embed_body_fields": False,
                    **options,
                }
            )
            if inside is not None:
                inside(solved)
            return solved

    return anyio.run(call)


async def receive():
    """Nothing comes."""
    raise AssertionError("nothing is read")


async def send(message):
    """Nothing goes."""
    raise AssertionError(f"nothing is sent: {message}")


def test_arguments_are_returned_and_the_callable_is_not_called():
    """Parameters and dependencies come by the names of the callable's parameters."""

    def page(limit: int = 10):
        return f"page of {limit}"

    def endpoint(item_id: int, found: str = Depends(page)):
        raise AssertionError("called")

    dependant = get_dependant(path="/items/{item_id}", call=endpoint)
    solved = solve(dependant, scope=scope_of({"item_id": "3"}, b"limit=5"))

    assert solved.values == {"item_id": 3, "found": "page of 5"}
    assert solved.errors == []


def test_errors_are_returned_in_the_order_of_declaration():
    """Nothing is raised for what does not validate, and the dependencies that need it are skipped."""
    called = []

    def page(limit: int):
        called.append(limit)

    def endpoint(item_id: int, found: None = Depends(page)): ...

    dependant = get_dependant(path="/items/{item_id}", call=endpoint)
    solved = solve(dependant, scope=scope_of({"item_id": "x"}, b"limit=y"))

    assert [error["loc"] for error in solved.errors] == [("query", "limit"), ("path", "item_id")]
    assert called == []


def test_dependencies_that_yield_are_closed_by_the_caller_s_stacks():
    """They are open while the caller does its work."""
    events = []

    async def session(request: RequestParameter):
        events.append(f"open {request.url.path}")
        yield "session"
        events.append("close")

    def endpoint(session: str = Depends(session)): ...

    dependant = get_dependant(path="/", call=endpoint)
    scope = scope_of(path="/x", server=("test", 80), scheme="http")
    solve(dependant, scope=scope, inside=lambda solved: events.append(solved.values["session"]))

    assert events == ["open /x", "session", "close"]


def test_parsed_body_is_handed_in():
    """The caller has read it; JSON whole or by key, or a form."""

    def takes_one(item: Annotated[dict[str, int], Body()]): ...

    def takes_two(first: Annotated[int, Body()], second: Annotated[int, Body()]): ...

    def takes_form(name: Annotated[str, Form()]): ...

    one, two, form = (get_dependant(path="/", call=each) for each in (takes_one, takes_two, takes_form))

    assert solve(one, body={"a": 1}).values == {"item": {"a": 1}}
    assert solve(two, body={"first": 1, "second": 2}, embed_body_fields=True).values == {
        "first": 1,
        "second": 2,
    }
    assert solve(form, body=FormData([("name", "a")]), embed_body_fields=True).values == {"name": "a"}
    assert [error["type"] for error in solve(one).errors] == ["missing"]


def test_response_and_background_tasks_are_handed_over():
    """What dependencies set and add is there for the response that the caller makes."""

    def endpoint(response: ResponseParameter, tasks: BackgroundTasks): ...

    def mark(response: ResponseParameter, tasks: BackgroundTasks):
        response.headers["x-mark"] = "1"
        tasks.add_task(print, "later")

    dependant = get_dependant(path="/", call=endpoint)
    dependant.dependencies.append(get_dependant(path="/", call=mark))
    own, tasks = Response(), BackgroundTasks()

    fresh = solve(dependant)
    given = solve(dependant, response=own, background_tasks=tasks)

    assert (fresh.response.headers["x-mark"], len(fresh.background_tasks.tasks)) == ("1", 1)
    assert fresh.response.status_code is None
    assert given.response is own
    assert given.background_tasks is tasks


def test_no_background_tasks_are_none():
    """Where nothing was added there is nothing to attach."""
    assert solve(get_dependant(path="/", call=lambda: None)).background_tasks is None


def test_overrides_of_the_provider_hold():
    """As in an application, and as they are at the call."""

    def original():
        return "original"

    def endpoint(value: str = Depends(original)): ...

    dependant = get_dependant(path="/", call=endpoint)
    provider = Provider()
    provider.dependency_overrides[original] = lambda: "replaced"

    assert solve(dependant).values == {"value": "original"}
    assert solve(dependant, dependency_overrides_provider=provider).values == {"value": "replaced"}
    provider.dependency_overrides.clear()
    assert solve(dependant, dependency_overrides_provider=provider).values == {"value": "original"}


def test_security_scopes_reach_the_dependency_that_asks():
    """Scopes of the way from the endpoint add up."""

    def check(scopes: SecurityScopes):
        return scopes.scopes

    def endpoint(allowed: list[str] = Security(check, scopes=["read"])): ...

    assert solve(get_dependant(path="/", call=endpoint)).values == {"allowed": ["read"]}


def test_websockets_can_be_solved_for():
    """The connection is injected as what it is."""

    def endpoint(websocket: WebSocket, room: str): ...

    dependant = get_dependant(path="/{room}", call=endpoint)
    solved = solve(dependant, scope=scope_of({"room": "a"}, kind="websocket"))

    assert isinstance(solved.values["websocket"], WebSocket)
    assert solved.values["room"] == "a"


def test_subclass_of_the_tree_is_solved_like_it():
    """Packages keep more in a subclass than its fields say."""

    class Extended(Dependant):
        def __init__(self, extra, **values):
            super().__init__(**values)
            self.extra = extra

    plain = get_dependant(path="/", call=lambda limit: limit)
    extended = Extended("more", query_params=plain.query_params, call=plain.call)

    assert solve(extended, scope=scope_of(query=b"limit=1")).values == {"limit": "1"}


@pytest.mark.parametrize(
    ("stacks", "missing"),
    [
        ({}, "fastapi_inner_astack not found in request scope"),
        ({"fastapi_inner_astack": AsyncExitStack()}, "fastapi_function_astack not found in request scope"),
    ],
    ids=["none", "only the outer one"],
)
def test_scope_must_have_the_stacks(stacks, missing):
    """Without them nobody would close what is opened."""

    async def call():
        await solve_dependencies(
            request=Request(scope_of(**stacks)),
            dependant=get_dependant(path="/", call=lambda: None),
            async_exit_stack=AsyncExitStack(),
            embed_body_fields=False,
        )

    with pytest.raises(AssertionError, match=missing):
        anyio.run(call)


def test_tree_is_compiled_once():
    """The second call of the same tree runs the same function."""
    dependant = get_dependant(path="/", call=lambda limit: limit)
    scope = scope_of(query=b"limit=1")

    solve(dependant, scope=dict(scope))
    kept = solving._trees[id(dependant), False, False]
    functions = dict(kept.__dict__["_functions"])
    solve(dependant, scope=dict(scope))

    assert kept.__dict__["_functions"] == functions
    assert len(functions) == 1


def test_trees_that_were_not_solved_for_long_are_forgotten():
    """A package that analyses anew for every request does not fill the memory."""
    for _ in range(solving._KEPT + 5):
        solve(get_dependant(path="/", call=lambda: None))

    assert len(solving._trees) == solving._KEPT


def test_query_parameter_moved_into_the_body_is_read_there():
    """Packages with calls of their own put all parameters into the body; errors are then located there."""

    def add(first: int, second: int = 2):
        return first + second

    dependant = get_dependant(path="/", call=add)
    dependant.body_params.extend(dependant.query_params)
    dependant.query_params.clear()
    for field in dependant.body_params:
        field.field_info.embed = True

    right = solve(dependant, body={"first": "1"}, embed_body_fields=True)
    wrong = solve(dependant, body={"first": "x"}, embed_body_fields=True)

    assert (right.values, right.errors) == ({"first": 1, "second": 2}, [])
    assert [error["loc"] for error in wrong.errors] == [("body", "first")]
