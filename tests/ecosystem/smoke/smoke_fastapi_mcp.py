"""fastapi-mcp: endpoints as tools of the Model Context Protocol."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
from fastapi_mcp import FastApiMCP
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from pydantic import BaseModel


class Item(BaseModel):
    """A body."""

    name: str
    price: float


def who(authorization: str | None = Header(None)) -> str:
    """Read the caller from the header."""
    if authorization is None:
        raise HTTPException(401, "who are you?")
    return authorization.removeprefix("Bearer ")


@pytest.fixture
def address(serve: Callable[[FastAPI], str]) -> str:
    """Serve an application with its tools."""
    app = FastAPI(title="Shop")
    router = APIRouter(prefix="/items", tags=["items"])

    @router.get("/{item}", operation_id="read_item")
    async def read(item: int, short: bool = False) -> dict[str, Any]:
        """Read an item."""
        return {"item": item, "short": short}

    @router.post("", operation_id="create_item")
    def create(item: Item, user: str = Depends(who)) -> dict[str, Any]:
        return {"user": user, **item.model_dump()}

    @app.get("/hidden", operation_id="hidden", tags=["internal"])
    async def hidden():
        return {}

    app.include_router(router)
    FastApiMCP(app, exclude_tags=["internal"]).mount_http()
    return f"{serve(app)}/mcp"


async def called(address: str, *calls: tuple[str, dict[str, Any]], token: str | None = None):
    """List the tools and call some."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with (
        streamablehttp_client(address, headers=headers) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = (await session.list_tools()).tools
        return tools, [await session.call_tool(name, arguments) for name, arguments in calls]


def run(address: str, *calls: tuple[str, dict[str, Any]], token: str | None = None):
    """Do so in a loop of its own."""
    return asyncio.run(called(address, *calls, token=token))


def test_endpoints_are_tools(address: str):
    """Operations become tools with the parameters and bodies that the document describes."""
    tools, _ = run(address)

    schemas = {tool.name: tool.inputSchema for tool in tools}
    assert schemas.keys() == {"read_item", "create_item"}
    assert schemas["read_item"]["properties"]["item"]["type"] == "integer"
    assert schemas["read_item"]["required"] == ["item"]
    assert {"name", "price"} <= schemas["create_item"]["properties"].keys()


def test_tool_is_called_with_arguments(address: str):
    """Path, query and body are made from the arguments, authorisation is passed on."""
    _, (read, created) = run(
        address,
        ("read_item", {"item": 3, "short": True}),
        ("create_item", {"name": "cup", "price": 2.5}),
        token="ann",
    )

    assert json.loads(read.content[0].text) == {"item": 3, "short": True}
    assert json.loads(created.content[0].text) == {"user": "ann", "name": "cup", "price": 2.5}


def test_refusals_are_errors_of_the_tool(address: str):
    """A 422 or 401 of the endpoint is told to the model."""
    _, (invalid, refused) = run(
        address, ("read_item", {"item": "x"}), ("create_item", {"name": "cup", "price": 1})
    )

    assert invalid.isError
    assert refused.isError
    assert "who are you?" in refused.content[0].text


def test_endpoints_stay_what_they_were(address: str):
    """The application answers beside its tools."""
    assert httpx2.get(address.removesuffix("/mcp") + "/items/3").json() == {"item": 3, "short": False}
