import json

import pytest
from starlette.requests import Request
from starlette.websockets import WebSocket

from straightway.errors import HTTPException, RequestValidationError, WebSocketRequestValidationError
from straightway.exception_handlers import (
    http_exception_handler,
    request_validation_exception_handler,
    websocket_request_validation_exception_handler,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def http_request():
    """Make a request, at which the handlers do not look."""
    return Request({"type": "http", "method": "GET", "path": "/", "headers": []})


def error_with(value, **more):
    """Make an error of the kind Pydantic reports."""
    return {"type": "any", "loc": ("body", "a"), "msg": "wrong", "input": value, **more}


async def test_http_exception_is_answered_with_its_detail(http_request):
    """Status, headers and detail are the exception's."""
    exception = HTTPException(418, {"any": 1}, headers={"X-A": "1"})

    response = await http_exception_handler(http_request, exception)

    assert response.status_code == 418
    assert response.headers["x-a"] == "1"
    assert json.loads(response.body) == {"detail": {"any": 1}}


@pytest.mark.parametrize("status", [204, 304])
async def test_http_exception_without_body(http_request, status):
    """Statuses that have no body get none, and keep the headers."""
    response = await http_exception_handler(http_request, HTTPException(status, headers={"X-A": "1"}))

    assert response.status_code == status
    assert response.body == b""
    assert response.headers["x-a"] == "1"


async def test_validation_error_is_answered_with_its_errors(http_request):
    """The errors are encoded as they are, an exception in them as an empty object."""
    exception = RequestValidationError([error_with({"b": [1]}, ctx={"error": ValueError("x")})])

    response = await request_validation_exception_handler(http_request, exception)

    assert response.status_code == 422
    assert json.loads(response.body) == {
        "detail": [
            {
                "type": "any",
                "loc": ["body", "a"],
                "msg": "wrong",
                "input": {"b": [1]},
                "ctx": {"error": {}},
            }
        ]
    }


class Hidden:
    """An object of which nothing can be shown."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b"ok \xff", "ok \\xff"),
        (float("nan"), None),
        (float("-inf"), None),
        ("a\ud800b", "a\\ud800b"),
        ({"\ud800": [b"\xff", {"c": float("inf")}]}, {"\\ud800": ["\\xff", {"c": None}]}),
        ((1, True, None, 2.5, {3}), [1, True, None, 2.5, [3]]),
        (10**5000, "an integer of 16610 bits"),
        (Hidden(), "an object of Hidden"),
        ([float("nan"), ValueError("x")], [None, {}]),
    ],
    ids=["bytes", "nan", "infinity", "surrogate", "nested", "kinds", "integer", "object", "exception"],
)
async def test_validation_error_is_answered_whatever_the_input(http_request, value, shown):
    """Input that JSON cannot express never turns the 422 into a 500."""
    exception = RequestValidationError([error_with([value, float("nan")])])

    response = await request_validation_exception_handler(http_request, exception)

    assert response.status_code == 422
    assert json.loads(response.body)["detail"][0]["input"] == [shown, None]


async def test_validation_error_leaves_out_what_is_nested_too_deeply(http_request):
    """The errors are reported without the input that cannot be walked through."""
    deep: list = []
    for _ in range(100_000):
        deep = [deep]

    response = await request_validation_exception_handler(
        http_request, RequestValidationError([error_with(deep)])
    )

    assert json.loads(response.body) == {"detail": [{"type": "any", "loc": ["body", "a"], "msg": "wrong"}]}


@pytest.mark.parametrize(("value", "shown"), [(1, 1), (b"\xff", "\\xff")], ids=["plain", "bytes"])
async def test_websocket_is_closed_with_the_errors(value, shown):
    """The code is 1008, policy violation, and the reason the list of errors."""
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    websocket = WebSocket({"type": "websocket", "path": "/", "headers": []}, receive, send)

    await websocket_request_validation_exception_handler(
        websocket, WebSocketRequestValidationError([error_with(value)])
    )

    assert sent[0]["type"] == "websocket.close"
    assert sent[0]["code"] == 1008
    assert sent[0]["reason"] == [{"type": "any", "loc": ["body", "a"], "msg": "wrong", "input": shown}]
