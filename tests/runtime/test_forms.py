import json
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Json
from starlette.datastructures import FormData
from starlette.requests import Request

from straightway import Body, Depends, Form, Straightway, UploadFile
from straightway.compile.handler import compile_plan
from straightway.encoders import jsonable_encoder
from straightway.errors import RequestValidationError
from straightway.responses import JSONResponse
from straightway.routing import APIRoute
from straightway.testclient import TestClient
from tests.runtime.scopes import DISCONNECT, receiving
from tests.serve.asgi import ask, http_scope

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"

ALPHABET = b"&=;+%aA09 \x00\xff\r\n"
HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            [*(bytes([each]) for each in ALPHABET), b"name", b"tags", b"age", b"%C3%A9", b"%zz", b"1"]
        ),
        st.binary(max_size=3),
    ),
    max_size=40,
).map(b"".join)


def multipart_of(parts: list[tuple[bytes, bytes]]) -> bytes:
    """Return the body that has these parts, each with its whole head."""
    return (
        b"".join(b"--b\r\n" + head + b"\r\n\r\n" + content + b"\r\n" for head, content in parts)
        + b"--b--\r\n"
    )


DISPOSITION = b"Content-Disposition: form-data; name="
HEADS = st.sampled_from(
    [
        *(DISPOSITION + each for each in (b'"name"', b"age", b'"tags"', b'"when"', b'"name"; filename="n"')),
        *(DISPOSITION + b'"file"; filename=' + each for each in (b'""', b'"n"', b"n; x=1")),
        DISPOSITION + b'"file"; filename="n"\r\nContent-Type: text/plain',
        b"Content-Disposition: form-data",
        b"X: y",
        b"",
    ]
)
PARTS = st.lists(
    st.tuples(HEADS, st.sampled_from([b"", b"1", b"2020-02-30", b"[1]", b"\xff", b"--b", b"x" * 50])),
    max_size=6,
)


@st.composite
def mutilated(draw: st.DrawFn) -> bytes:
    """Return a multipart body in which something may be missing, or in another place."""
    whole = multipart_of(draw(PARTS))
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    return draw(st.sampled_from([whole, whole, whole[:start] + whole[end:], whole[start:], whole[:end]]))


def form_app(**options: Any) -> Straightway:
    """Return an application that answers with what it has understood of a form."""
    app = Straightway(**options)

    def shared(tags: Annotated[set[int], Form()] = frozenset(), note: Annotated[str, Form()] = "-"):
        return sorted(tags), note

    @app.post("/fields")
    async def fields(
        name: Annotated[str, Form()],
        more: Annotated[tuple[list[int], str], Depends(shared)],
        age: Annotated[int | None, Form(alias="a ge")] = None,
        when: Annotated[date, Form()] = date(2020, 1, 1),
        numbers: Annotated[Json[list[int]] | None, Form()] = None,
    ):
        return [name, more, age, when, numbers]

    @app.post("/files")
    async def files(
        name: Annotated[str, Form(max_length=40)],
        file: UploadFile | None = None,
        tags: Annotated[list[str] | None, Form()] = None,
        age: Annotated[int, Body()] = 0,
    ):
        content = None if file is None else [file.filename, file.size, (await file.read()).decode("latin-1")]
        return [name, content, tags, age]

    return app


APPS = [form_app(), form_app(form_limits={"max_fields": 3, "max_files": 1, "max_part_size": 20})]


@given(HOSTILE, st.sampled_from([None, 0, 1, 3]), st.sampled_from([None, 0, 4, 20]))
def test_urlencoded_forms_are_read_as_by_starlette(body, max_fields, max_part_size):
    """The fields, or the error, are those that Starlette's parser has: for any bytes, under any limits."""
    limits = {"max_fields": max_fields, "max_part_size": max_part_size}
    limits = {name: limit for name, limit in limits.items() if limit is not None}
    app = Straightway()

    @app.post("/theirs")
    async def theirs(request: Request):
        return (await request.form(**limits)).multi_items()

    @app.post("/ours", form_limits=limits)
    async def ours(request: Request, name: Annotated[str, Form()] = ""):
        return (await request.form()).multi_items()

    headers = [("content-type", URLENCODED)]
    expected = ask(app, body, path="/theirs", headers=headers)
    answer = ask(app, body, path="/ours", headers=headers)

    assert (answer.status, answer.body) == (expected.status, expected.body)


# Starlette's parser leaves a file open whose part never ends, to be closed when it is forgotten.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
@pytest.mark.parametrize("app", APPS, ids=["unlimited", "limited"])
@given(
    path=st.sampled_from(["/fields", "/files"]),
    sent=st.one_of(
        st.tuples(st.just(URLENCODED), HOSTILE),
        st.tuples(st.just(MULTIPART), mutilated()),
        st.tuples(
            st.sampled_from(["multipart/form-data", f" {URLENCODED}", f"{URLENCODED};x", "text/plain"]),
            HOSTILE,
        ),
    ),
)
def test_a_form_in_one_piece_is_answered_as_one_in_pieces(app, path, sent):
    """Whether the server hands over a body at once changes no answer: what comes in pieces goes to Starlette's parser."""
    content_type, body = sent
    headers = [("content-type", content_type)]

    at_once = ask(app, body, path=path, headers=headers)
    in_pieces = ask(app, body, b"", path=path, headers=headers)

    assert (at_once.status, at_once.body) == (in_pieces.status, in_pieces.body)


FIELDS = st.tuples(
    st.sampled_from(["name", "a ge", "when", "tags", "note", "numbers"]),
    st.sampled_from(["", "1", "x", "2020-02-28", "[1]"]),
)


@given(st.lists(FIELDS, max_size=8))
def test_fields_validated_together_are_what_they_are_one_by_one(items):
    """One call of the validator gives the values, or the errors, that careful reading finds."""
    route = next(each for each in APPS[0].routes if each.path == "/fields")
    carefully = compile_plan(route.plan_for(), "values")
    request = Request(http_scope())

    values, errors = anyio.run(carefully, request, FormData(items), None, None)
    answer = ask(APPS[0], urlencode(items).encode(), path="/fields", headers=[("content-type", URLENCODED)])

    expected = {"detail": jsonable_encoder(errors)} if errors else jsonable_encoder(values)
    assert json.loads(answer.body) == expected


def test_an_exception_handler_finds_the_form():
    """The request of an exception handler has the form that was parsed, and no body any more, as with Starlette's parser."""
    app = form_app()

    @app.exception_handler(RequestValidationError)
    async def handle(request, error):
        with pytest.raises(RuntimeError, match="Stream consumed"):
            await request.body()
        return JSONResponse([error.body == await request.form(), (await request.form()).multi_items()], 422)

    client = TestClient(app)

    assert client.post("/fields", data={"note": "1"}).json() == [True, [["note", "1"]]]


def test_a_form_that_a_dependency_has_read_is_not_read_again():
    """An earlier dependency may have called `request.form()`, and what it got is what counts."""
    app = Straightway()

    async def read(request: Request):
        return await request.form()

    @app.post("/", dependencies=[Depends(read)])
    async def endpoint(name: Annotated[str, Form()]):
        return name

    assert TestClient(app).post("/", data={"name": "n"}).json() == "n"


def test_a_request_class_reads_its_own_way():
    """A route that hands over a request of a class of its own has the form read by it."""

    class Reversed(Request):
        def form(self, **limits: Any):
            async def read():
                return FormData([("name", "read by the class")])

            return read()

    class ReversedRoute(APIRoute):
        def get_route_handler(self):
            handler = super().get_route_handler()

            async def read_reversed(request):
                return await handler(Reversed(request.scope, request.receive))

            return read_reversed

    app = Straightway()
    app.router.route_class = ReversedRoute

    @app.post("/")
    async def endpoint(name: Annotated[str, Form()]):
        return name

    assert TestClient(app).post("/", data={"name": "n"}).json() == "read by the class"


def test_a_client_that_leaves_instead_of_sending_its_form():
    """A disconnect in place of the body is a body that cannot be read, like one in its middle."""
    app = form_app()
    scope = http_scope(path="/fields", headers=[("content-type", URLENCODED)])
    sent: list[Any] = []

    async def send(message):
        sent.append(message)

    anyio.run(app, scope, receiving(DISCONNECT), send)

    assert sent[0]["status"] == 400


def test_a_factory_of_a_default_is_called_once():
    """Also where another field does not validate, for which all of them are read again."""
    made: list[int] = []
    app = Straightway()

    def make():
        made.append(1)
        return 1

    @app.post("/")
    async def endpoint(count: Annotated[int, Form()], page: Annotated[int, Form(default_factory=make)]):
        """Never called."""

    made.clear()

    assert TestClient(app).post("/", data={"count": "x"}).status_code == 422
    assert len(made) == 1
