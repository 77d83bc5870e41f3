"""Responses: the operation's own, those declared beside it, streams, and the validation error."""

# ruff: noqa: D101  # a docstring would be a description in the document

from collections.abc import AsyncIterable, Iterable
from enum import IntEnum
from http import HTTPStatus
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from straightway import Query, Response, Straightway
from straightway.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    StreamingResponse,
)
from straightway.sse import EventSourceResponse, ServerSentEvent
from tests.describe.documents import assert_describes_itself


class Pot(BaseModel):
    colour: str


class Failure(BaseModel):
    message: str


class VendorResponse(JSONResponse):
    media_type = "application/vnd.pot+json"


class TeapotResponse(JSONResponse):
    def __init__(self, content: Any, status_code: int = HTTPStatus.IM_A_TEAPOT, **options: Any) -> None:
        super().__init__(content, status_code, **options)


def test_schema_of_the_answer():
    """The return annotation or `response_model` is the schema, with a title where it is no component."""
    app = Straightway(title="Models")

    @app.get("/unknown")
    def unknown(): ...

    @app.get("/none")
    def none() -> None: ...

    @app.get("/any")
    def anything() -> Any: ...

    @app.get("/model")
    def model() -> Pot: ...

    @app.get("/list")
    def several() -> list[Pot]: ...

    @app.get("/given", response_model=Pot | None, status_code=201, response_description="Made")
    def given() -> dict: ...

    @app.get("/turned-off", response_model=None)
    def turned_off() -> Pot: ...

    @app.get("/empty", status_code=HTTPStatus.NO_CONTENT)
    def empty() -> None: ...

    @app.get("/response")
    def response() -> Response: ...

    assert_describes_itself(app, "answer_schemas")


@pytest.mark.parametrize(
    "response_class",
    [
        FileResponse,
        HTMLResponse,
        PlainTextResponse,
        RedirectResponse,
        Response,
        StreamingResponse,
        VendorResponse,
        TeapotResponse,
        EventSourceResponse,
    ],
)
def test_media_type_of_the_answer(response_class):
    """The class of the answer decides its media type and usual status; only JSON has the model's schema."""
    app = Straightway(title=response_class.__name__)
    app.get("/pot", response_class=response_class, responses={404: {"model": Failure}})(_pot)

    assert_describes_itself(app, f"answer_of_{response_class.__name__}")


def test_an_answer_class_without_a_usual_status_answers_200():
    """A class whose constructor does not name the status is described as any other."""

    class Any(JSONResponse):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)

    app = Straightway()
    app.get("/pot", response_class=Any)(_pot)

    assert list(app.openapi()["paths"]["/pot"]["get"]["responses"]) == ["200"]


def test_streams():
    """A stream is described by its items: JSON Lines by default, events with EventSourceResponse."""
    app = Straightway(title="Streams")

    @app.get("/lines")
    def lines() -> Iterable[Pot]:
        yield Pot(colour="red")

    @app.get("/untyped")
    def untyped():
        yield 1

    @app.get("/words", status_code=206)
    async def words() -> AsyncIterable[str]:
        yield "word"

    @app.get("/events", response_class=EventSourceResponse)
    def events() -> Iterable[Pot]:
        yield Pot(colour="red")

    @app.get("/raw-events", response_class=EventSourceResponse)
    def raw_events() -> Iterable[ServerSentEvent]:
        yield ServerSentEvent(data=1)

    @app.get("/chunks", response_class=StreamingResponse)
    def chunks() -> Iterable[str]:
        yield "chunk"

    assert_describes_itself(app, "streams")


def test_additional_answers():
    """Answers declared beside the own one get its media type, a phrase, and are merged where they describe the same."""

    class Status(IntEnum):
        gone = 410

    app = Straightway(title="Additional")

    @app.get(
        "/pot",
        responses={
            200: {
                "description": "A pot",
                "content": {"image/png": {}, "application/json": {"example": {"a": 1}}},
            },
            "206": {"model": list[Pot]},
            404: {"model": Failure},
            Status.gone: {"model": Failure, "description": "Sold"},
            299: {},
            "4xx": {},
            "5XX": {"headers": {"Retry-After": {"schema": {"type": "integer"}}}},
            "default": {"model": Failure, "x-note": None},
        },
    )
    def pot() -> Pot: ...

    @app.get("/own-model", responses={200: {"model": Failure}})
    def own_model() -> Pot: ...

    @app.get(
        "/merged", responses={200: {"content": {"application/json": {"schema": {"items": {"x-one": 1}}}}}}
    )
    def merged() -> list[Pot]: ...

    @app.get("/not-merged")
    def not_merged() -> list[Pot]: ...

    assert_describes_itself(app, "additional_answers")


def test_an_additional_answer_of_no_status_is_refused():
    """A key that is neither a status code nor a range of them is an error, not a document that tools refuse."""
    app = Straightway()
    app.get("/", responses={"ok": {"description": "Fine"}})(_pot)

    with pytest.raises(ValueError, match="'ok'"):
        app.openapi()


def test_validation_error():
    """Parameters and bodies can be refused with 422, unless the application describes that itself."""
    app = Straightway(title="Refused")

    @app.get("/nothing")
    def nothing(): ...

    @app.get("/parameter")
    def parameter(limit: int): ...

    @app.get("/hidden")
    def hidden(limit: Annotated[int, Query(include_in_schema=False)] = 1): ...

    @app.post("/body")
    def body(pot: Pot): ...

    @app.get("/own", responses={422: {"model": Failure, "description": "Refused"}})
    def own(limit: int): ...

    @app.get("/range", responses={"4XX": {"description": "Refused"}})
    def in_range(limit: int): ...

    @app.get("/default", responses={"default": {"description": "Refused"}})
    def by_default(limit: int): ...

    assert_describes_itself(app, "validation_error")


def _pot() -> Pot: ...
