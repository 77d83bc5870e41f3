"""The same answers by hand: ASGI, pydantic-core's validation and serialisation, and nothing else.

No framework can be faster than this for long; how far one is from it is what it costs. Nothing is checked here that
the framework would check for other requests: no route table, no error answers.
"""

from typing import Any
from urllib.parse import unquote_plus

from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypedDict

from benchmarks.asgi import Application, Receive, Scope, Send

ANYTHING = TypeAdapter(Any).serializer


async def answer(send: Send, content: bytes) -> None:
    """Send JSON with the headers that the frameworks send."""
    length = str(len(content)).encode()
    headers = [(b"content-length", length), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def hello(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a constant dict as JSON."""
    await answer(send, ANYTHING.to_json({"message": "Hello World"}))


class ItemParameters(TypedDict):
    """The parameters of path_and_query, validated in one call."""

    item_id: int
    search: str
    limit: int


ITEM_PARAMETERS = TypeAdapter(ItemParameters).validator


async def path_and_query(scope: Scope, _receive: Receive, send: Send) -> None:
    """Validate an integer of the path, and a string and an integer of the query string."""
    pairs = (part.partition("=") for part in scope["query_string"].decode("latin-1").split("&"))
    found = {name: unquote_plus(value) for name, _, value in pairs}
    found["item_id"] = scope["path"].rpartition("/")[2]
    await answer(send, ANYTHING.to_json(ITEM_PARAMETERS.validate_python(found)))


def body(accepted: type[BaseModel], answered: type[BaseModel]) -> Application:
    """Give a handler that validates a JSON body as one model and answers it as another."""
    validator = TypeAdapter(accepted).validator
    serializer = TypeAdapter(answered).serializer

    async def handle(_scope: Scope, receive: Receive, send: Send) -> None:
        item = validator.validate_json((await receive())["body"])
        await answer(send, serializer.to_json(answered(id=1, **item.__dict__)))

    return handle


TEXT = TypeAdapter(str).validator


async def dependencies(scope: Scope, _receive: Receive, send: Send) -> None:
    """Read a header and hand it through three asynchronous functions."""
    token = next(value for name, value in scope["headers"] if name == b"x-token")
    user = await get_active_user(
        await get_user(await get_token(TEXT.validate_python(token.decode("latin-1"))))
    )
    await answer(send, ANYTHING.to_json(user))


async def get_token(x_token: str) -> str:
    """Stand for the first dependency."""
    return x_token


async def get_user(token: str) -> dict[str, str]:
    """Stand for the second dependency."""
    return {"name": token}


async def get_active_user(user: dict[str, str]) -> dict[str, str]:
    """Stand for the third dependency."""
    return user


NUMBER = TypeAdapter(int).validator


async def last_route(scope: Scope, _receive: Receive, send: Send) -> None:
    """Validate an integer of the path."""
    thing_id = NUMBER.validate_python(scope["path"].rpartition("/")[2])
    await answer(send, ANYTHING.to_json({"thing_id": thing_id}))
