import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticSerializationError
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse

from straightway import Response, Straightway
from straightway.fields import create_model_field
from straightway.plan import Answer
from straightway.responses import RedirectResponse
from straightway.runtime.answering import (
    class_reply,
    injected_response,
    json_reply,
    returned,
    typed_json,
)
from straightway.runtime.untyped import without_nan
from straightway.testclient import TestClient


class Texts(BaseModel):
    """A model of texts."""

    text: Any
    at: datetime = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (str, "\udfff"),
        (Any, {"a": ["é", "\udfff", math.nan]}),
        (dict[str, Any], {"a": "\udfff"}),
        (list[Texts], [Texts(text="\udfff")]),
    ],
    ids=str,
)
def test_lone_surrogates_of_a_model_are_escaped(annotation, value):
    """The same holds for an answer with a model; names are those of the model, and numbers stay what they were."""
    field = create_model_field("answer", annotation, mode="serialization")
    write = typed_json(Answer("value", field=field))

    content = write(value)

    assert rb"\udfff" in content
    assert content == write_plainly(field, value)


def write_plainly(field, value):
    """Return what JSON a value of a field is, the long way."""
    data = without_nan(field.serialize(value))
    return json.dumps(data, separators=(",", ":"), ensure_ascii=True).encode()


@pytest.mark.parametrize(("annotation", "value"), [(Any, object()), (bytes, b"\xff"), (Any, {"a": b"\xff"})])
def test_what_a_model_cannot_write_is_refused(annotation, value):
    """Bytes that are no text, and objects that nobody knows, are errors of the endpoint."""
    write = typed_json(Answer("value", field=create_model_field("answer", annotation, mode="serialization")))

    with pytest.raises((PydanticSerializationError, UnicodeDecodeError)):
        write(value)


def test_injected_response_says_nothing_yet():
    """It has no status and no length until somebody sets one."""
    injected = injected_response()

    assert (injected.status_code, injected.raw_headers) == (None, [])


@pytest.mark.parametrize(
    ("own", "declared", "expected"), [(None, None, 200), (None, 201, 201), (202, 201, 202), (202, None, 202)]
)
def test_status_of_the_injected_response_wins(own, declared, expected):
    """The status that was set while the request was served counts more than the declared one."""
    injected = injected_response()
    injected.status_code = own

    assert json_reply(b"1", declared, injected, None).status_code == expected
    assert class_reply(PlainTextResponse, "1", declared, injected, None).status_code == expected


def test_class_keeps_its_own_status():
    """A response class that has a status of its own is not overruled by a default."""
    assert class_reply(RedirectResponse, "/there", None, None, None).status_code == 307
    assert class_reply(RedirectResponse, "/there", 303, None, None).status_code == 303


def test_headers_of_the_injected_response_are_added():
    """Headers and cookies set on the injected response come after the answer's own, repeated ones too."""
    injected = injected_response()
    injected.headers["x-a"] = "1"
    injected.set_cookie("c", "1")
    injected.set_cookie("d", "2")

    reply = json_reply(b"null", None, injected, None)

    assert [name for name, _ in reply.raw_headers] == [
        b"content-length",
        b"content-type",
        b"x-a",
        b"set-cookie",
        b"set-cookie",
    ]


@pytest.mark.parametrize("status", [204, 205, 304])
@pytest.mark.parametrize("content", [None, {"a": 1}], ids=["nothing", "content"])
def test_bodiless_status_declared(status, content):
    """A status that has no body is sent without one, whatever was returned (RFC 9110, section 6.4.1)."""
    app = Straightway()
    app.get("/", status_code=status, response_model=None)(lambda: content)

    response = TestClient(app).get("/")

    assert (response.status_code, response.content) == (status, b"")
    assert response.headers.get("content-length", "0") == "0"


@pytest.mark.parametrize("status", [204, 304])
def test_bodiless_status_injected(status):
    """The same holds for a status that was set while the request was served."""
    app = Straightway()

    @app.get("/")
    def endpoint(response: Response):
        response.status_code = status
        return {"a": 1}

    response = TestClient(app).get("/")

    assert (response.status_code, response.content) == (status, b"")
    assert response.headers.get("content-length", "0") == "0"


def test_own_background_tasks_are_kept():
    """A response that has tasks of its own keeps them; one that has none gets the injected ones."""
    own, injected = BackgroundTask(print), BackgroundTask(print)

    assert returned(PlainTextResponse(background=own), injected).background is own
    assert returned(PlainTextResponse(), injected).background is injected
