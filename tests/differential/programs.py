"""Applications as Python text: the same for both frameworks but for the names in the first lines."""

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.differential.answers import Answer, answers
from tests.differential.dependencies import Dependency, dependencies
from tests.differential.parameters import Group, Parameter, grouped, parameters
from tests.differential.values import HELPERS

HEADER = """
import math
from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Optional
from uuid import UUID
from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, Field, Json
from typing_extensions import TypedDict
from {package} import (
    APIRouter, BackgroundTasks, Body, Cookie, Depends, {application} as Application, File, Form, Header, HTTPException,
    Path, Query, Request, Response, Security, UploadFile,
)
from {package}.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from {package}.security import (
    APIKeyCookie, APIKeyHeader, APIKeyQuery, HTTPBasic, HTTPBearer, OAuth2PasswordBearer, SecurityScopes,
)
from {package}.sse import EventSourceResponse, ServerSentEvent

EVENTS = []


def show(value):
    if isinstance(value, (set, frozenset)):
        return [type(value).__name__, sorted(map(str, value))]
    if isinstance(value, UploadFile):
        return ["UploadFile", value.filename, value.size, value.content_type, value.file.read().decode("latin-1")]
    if isinstance(value, list):
        return [show(each) for each in value]
    return [type(value).__name__, str(value)]


class CustomError(Exception):
    pass
"""


@dataclass(frozen=True)
class Endpoint:
    """One endpoint, its place among the routers, and what it is declared with."""

    name: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    uses: tuple[tuple[str, str], ...]
    """(parameter, expression) of dependencies."""
    answer: Answer
    is_async: bool
    router: int = 0
    options: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the decorated function."""
        arguments = [each.text() for each in self.parameters]
        arguments += [f"{name}: Annotated[Any, {depends}]" for name, depends in self.uses]
        arguments += self.answer.arguments
        star = "*, " if arguments else ""
        target = "app" if self.router == 0 else f"router{self.router}"
        options = "".join(f", {each}" for each in (*self.answer.options, *self.options))
        names = [each.name for each in self.parameters] + [name for name, _ in self.uses]
        shown = "{" + ", ".join(f'"{each}": show({each})' for each in names) + "}"
        returns = f" -> {self.answer.returns}" if self.answer.returns else ""
        return "\n".join(
            [
                f'@{target}.{self.method.lower()}("{self.path}"{options})',
                f"{'async ' if self.is_async else ''}def {self.name}({star}{', '.join(arguments)}){returns}:",
                f'    """Answer {self.name}."""',
                f'    EVENTS.append("{self.name}")',
                *(f"    {line.replace('SHOWN', shown)}" for line in self.answer.body),
            ]
        )


@dataclass(frozen=True)
class Program:
    """A whole application."""

    groups: tuple[Group, ...]
    dependencies: tuple[Dependency, ...]
    endpoints: tuple[Endpoint, ...]
    routers: tuple[tuple[str, str], ...]
    """(options of the router, options of its inclusion), the first one in the second, and so on."""
    application: str = ""
    postponed: bool = False
    """Whether annotations are texts (PEP 563)."""

    def text(self, package: str) -> str:
        """Return the module for one of the frameworks."""
        name = {"fastapi": "FastAPI", "straightway": "Straightway"}[package]
        parts = [HEADER.format(package=package, application=name), HELPERS]
        parts += [each.text() for each in self.groups]
        parts += [each.text() for each in self.dependencies]
        parts.append(f'app = Application(title="Compared"{self.application})')
        parts.append(HANDLER)
        parts += [f"router{number} = APIRouter({own})" for number, (own, _) in enumerate(self.routers, 1)]
        parts += [each.text() for each in self.endpoints]
        for number, (_, inclusion) in enumerate(self.routers, 1):
            outer = "app" if number == len(self.routers) else f"router{number + 1}"
            parts.append(f"{outer}.include_router(router{number}{', ' if inclusion else ''}{inclusion})")
        postponed = "from __future__ import annotations\n" if self.postponed else ""
        return postponed + "\n\n\n".join(parts) + "\n"


HANDLER = """
@app.exception_handler(CustomError)
async def handle_custom(request: Request, error: CustomError):
    EVENTS.append("handled")
    return JSONResponse({"custom": str(error)}, status_code=418)
"""
ROUTER_OPTIONS = st.sampled_from(
    [
        "",
        'prefix="/r"',
        'prefix="/r", tags=["t"]',
        "deprecated=True",
        'responses={404: {"description": "gone"}}',
    ]
)
INCLUSION_OPTIONS = st.sampled_from(
    [
        "",
        'prefix="/i"',
        'tags=["u"]',
        'prefix="/i", responses={403: {"model": Cat}}',
        "include_in_schema=False",
    ]
)
APPLICATION_OPTIONS = st.sampled_from(
    [
        "",
        "",
        ", separate_input_output_schemas=False",
        ', responses={500: {"description": "oh"}}',
        ", strict_content_type=False",
        ", redirect_slashes=False",
        ', version="2", summary="s", root_path_in_servers=False',
    ]
)
ENDPOINT_OPTIONS = st.sampled_from(
    [
        'tags=["e"]',
        'summary="A summary"',
        "deprecated=True",
        'operation_id="op_{name}"',
        'description="d"',
        'responses={409: {"description": "conflict", "model": Dog}}',
        'openapi_extra={"x-e": [1]}',
        "include_in_schema=False",
    ]
)


@st.composite
def endpoints(
    draw: st.DrawFn, number: int, known: tuple[Dependency, ...], routers: int
) -> tuple[Endpoint, list[Group]]:
    """Draw an endpoint that may use the dependencies that are known."""
    name = f"endpoint{number}"
    method = draw(st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"]))
    with_body = method in {"POST", "PUT", "PATCH"}
    places = ["query", "header", "cookie", "path"]
    if with_body:
        places += draw(st.sampled_from([[], ["body"] * 3, ["form", "form", "file"]]))
    names = draw(
        st.lists(st.sampled_from(["a", "b", "item_id", "x_token", "limit"]), max_size=4, unique=True)
    )
    found: list[Parameter] = []
    groups: list[Group] = []
    for index, each in enumerate(names):
        place = draw(st.sampled_from(places))
        taken = {parameter.place for parameter in found}
        if (
            place in {"query", "header", "cookie", "form"}
            and place not in taken
            and draw(st.integers(0, 4)) == 0
        ):
            parameter, group = draw(grouped(each, place, f"Group{number}{index}"))
            groups.append(group)
        else:
            parameter = draw(parameters(each, place))
        found.append(parameter)
    path = f"/e{number}" + "".join(f"/{{{each.name}}}" for each in found if each.place == "path")
    uses = []
    for index, dependency in enumerate(draw(st.lists(st.sampled_from(known), max_size=2)) if known else []):
        uses.append((f"d{index}", draw(dependency.uses())))
    options = [each.replace("{name}", name) for each in draw(st.lists(ENDPOINT_OPTIONS, max_size=1))]
    answer = draw(answers())
    endpoint = Endpoint(
        name,
        method,
        path + draw(st.sampled_from(["", "", "", "/"])),
        tuple(found),
        tuple(uses),
        answer,
        answer.is_async if answer.is_async is not None else draw(st.booleans()),
        draw(st.integers(0, routers)),
        tuple(options),
    )
    return endpoint, groups


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Draw an application."""
    known: list[Dependency] = []
    for number in range(draw(st.integers(0, 3))):
        known.append(draw(dependencies(number, tuple(known))))
    routers = draw(st.lists(st.tuples(ROUTER_OPTIONS, INCLUSION_OPTIONS), max_size=2))
    made, groups = [], []
    for number in range(draw(st.integers(1, 3))):
        endpoint, more = draw(endpoints(number, tuple(known), len(routers)))
        made.append(endpoint)
        groups += more
    return Program(
        tuple(groups),
        tuple(known),
        tuple(made),
        tuple(routers),
        draw(APPLICATION_OPTIONS),
        draw(st.sampled_from([False, False, True])),
    )
