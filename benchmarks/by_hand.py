"""What one writes by hand where a framework does not do it: pydantic-core's validation and serialisation of the workloads.

Used by the limit, and by peers that leave validation to their users. Needs nothing but Pydantic.
"""

from typing import Any
from urllib.parse import unquote_plus

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from benchmarks.models import ITEMS, Item, StoredItem

ANYTHING = TypeAdapter(Any).serializer
TEXT = TypeAdapter(str).validator
NUMBER = TypeAdapter(int).validator
ITEM = TypeAdapter(Item).validator
STORED_ITEM = TypeAdapter(StoredItem).serializer
ITEM_LIST = TypeAdapter(list[StoredItem])


class ItemParameters(TypedDict):
    """The parameters of path-query, validated in one call."""

    item_id: int
    search: str
    limit: int


ITEM_PARAMETERS = TypeAdapter(ItemParameters).validator


def item_parameters(item_id: str, query: dict[str, Any]) -> dict[str, Any]:
    """Validate the parameters of path-query."""
    found: dict[str, Any] = ITEM_PARAMETERS.validate_python({**query, "item_id": item_id})
    return found


def query_of(query: bytes) -> dict[str, str]:
    """Split a query string."""
    pairs = (part.partition("=") for part in query.decode("latin-1").split("&"))
    return {name: unquote_plus(value) for name, _, value in pairs}


def stored(content: bytes) -> tuple[int, bytes]:
    """Validate a JSON body as one model and answer it as another, or its errors as FastAPI words them."""
    try:
        item = ITEM.validate_json(content)
    except ValidationError as error:
        details = error.errors(include_url=False)
        worded = [{**each, "loc": ("body", *each["loc"])} for each in details]
        return 422, ANYTHING.to_json({"detail": worded})
    return 200, STORED_ITEM.to_json(StoredItem(id=1, **item.__dict__))


def hundred_models() -> bytes:
    """Validate a hundred models as the response model and write them."""
    return ITEM_LIST.serializer.to_json(ITEM_LIST.validator.validate_python(ITEMS))


async def get_token(x_token: str) -> str:
    """Stand for the first asynchronous dependency."""
    return x_token


async def get_user(token: str) -> dict[str, str]:
    """Stand for the second one."""
    return {"name": token}


async def get_active_user(user: dict[str, str]) -> dict[str, str]:
    """Stand for the third one."""
    return user


async def user_of(token: str) -> dict[str, str]:
    """Hand a header through the three."""
    return await get_active_user(await get_user(await get_token(TEXT.validate_python(token))))


def get_limit(limit: int) -> int:
    """Stand for the first synchronous dependency."""
    return limit


def get_page(limit: int) -> dict[str, int]:
    """Stand for the second one."""
    return {"limit": limit}


def read_page(page: dict[str, int]) -> dict[str, int]:
    """Stand for the synchronous endpoint."""
    return page


def page_of(limit: int) -> dict[str, int]:
    """Call the three."""
    return read_page(get_page(get_limit(limit)))
