# ruff: noqa: D101, D103  # what the functions and classes under test stand for is their name
"""What is said at request time: notes of exceptions, and in development advice in the log."""

import logging
import traceback
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel

from straightway import APIRouter, Depends, File, Form, Query, Request, Straightway, UploadFile
from straightway.errors import DeclarationTypeError, ResponseValidationError
from straightway.testclient import TestClient


class Item(BaseModel):
    name: str


class Opaque:
    __slots__ = ()


class Missing(Exception):
    """Raised by endpoints below."""


async def load(number=1):
    return {"name": number}


def line_of(text):
    """Return the number of the line of this file that has a text, the first one in a function below."""
    lines = Path(__file__).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.endswith(text))


def failure_of(app, path="/"):
    """Return the text of the exception that a request ends in, as a server logs it."""
    with pytest.raises((ValueError, ResponseValidationError)) as caught:
        TestClient(app).get(path)
    return "".join(traceback.format_exception_only(caught.value))


@pytest.mark.parametrize("model", [None, Item], ids=["without model", "with model"])
def test_a_forgotten_await_is_named(model):
    """The line of the call is shown, and the call with await."""
    app = Straightway()

    @app.get("/", response_model=model)
    async def read():
        return load(number=2)  # the coroutine

    text = failure_of(app)

    assert "load() was called and not awaited" in text
    assert f"{__file__}:{line_of('return load(number=2)  # the coroutine')} in read()" in text
    assert "instead: await load(number=2)" in text


def test_a_forgotten_await_of_a_plain_function_says_that_it_has_to_be_async():
    """`await` alone would be a syntax error there."""
    app = Straightway()

    @app.get("/")
    def read():
        return {"nested": load(number=3)}

    assert "instead: await load(number=3), in async def read(...)" in failure_of(app)


def test_a_value_that_json_cannot_express_is_named():
    """Its class and the line of the `return` are shown; the exception is FastAPI's ValueError."""
    app = Straightway()

    @app.get("/")
    def read():
        return [Opaque()]  # cannot be written

    with pytest.raises(ValueError, match="object is not iterable") as caught:
        TestClient(app).get("/")

    (note,) = caught.value.__notes__
    assert "read() returned a value of type Opaque" in note
    assert f"{__file__}:{line_of('return [Opaque()]  # cannot be written')} in read()" in note
    assert "str(value)" in note


def test_a_returned_value_that_does_not_fit_is_explained():
    """What is missing is named."""
    app = Straightway()

    @app.get("/")
    def read() -> Item:
        return {"nam": "pen"}  # lacks the name

    text = failure_of(app)

    assert f"{__file__}:{line_of('# lacks the name')} in read()" in text
    assert "instead: return a value with name" in text


def test_notes_are_added_behind_middleware_too():
    """With middleware another layer answers what nobody has handled."""
    app = Straightway()
    app.middleware("http")(lambda request, call_next: call_next(request))

    @app.get("/")
    async def read():
        return load(number=4)

    assert "instead: await load(number=4)" in failure_of(app)


def test_other_exceptions_stay_as_they_are():
    """What the endpoint raises is its own matter."""
    app = Straightway()

    @app.get("/")
    def read():
        raise Missing

    with pytest.raises(Missing) as caught:
        TestClient(app).get("/")

    assert not hasattr(caught.value, "__notes__")


def test_a_handler_that_returns_no_response_is_named():
    """A dict is called like an application otherwise."""
    app = Straightway()

    @app.exception_handler(Missing)
    def on_missing(request: Request, error: Missing):
        return {"detail": "missing"}

    @app.get("/")
    def read():
        raise Missing

    with pytest.raises(
        DeclarationTypeError, match=r"on_missing\(request, exception\) returned an object of type dict"
    ) as caught:
        TestClient(app).get("/")

    assert caught.value.at.file == __file__
    assert "JSONResponse" in caught.value.instead


@pytest.mark.parametrize(("value", "words"), [({}, "an object of type dict"), (None, "None")])
def test_a_middleware_that_returns_no_response_is_named(value, words):
    """None is what a forgotten `return` gives."""
    app = Straightway()

    @app.middleware("http")
    async def layer(request, call_next):
        return value

    with pytest.raises(
        DeclarationTypeError, match=rf"layer\(request, call_next\) returned {words}"
    ) as caught:
        TestClient(app).get("/")

    assert caught.value.at.file == __file__


def test_a_marker_that_was_taken_for_its_value_says_so():
    """`Depends()` in a function that the endpoint calls itself stays what it is."""

    def helper(db=Depends(load)):
        return db.query()

    with pytest.raises(AttributeError) as caught:
        helper()

    assert str(caught.value).startswith("'Depends' object has no attribute 'query': nobody has called load()")
    assert f"used at {__file__}:{line_of('return db.query()')}" in str(caught.value)
    assert not hasattr(Depends(load), "scopes")


# Advice on refused requests


@pytest.fixture
def application(monkeypatch):
    """A function that makes an application for development, or for production."""

    def make(environment="development"):
        monkeypatch.setenv("STRAIGHTWAY_ENV", environment)
        monkeypatch.delenv("FASTAPI_ENV", raising=False)
        return Straightway()

    return make


@pytest.fixture
def advice(application, caplog):
    """A function that declares an endpoint, sends a request, and returns what the log says about it."""

    def ask(endpoint, path="/", url=None, method="GET", status=422, **content):
        app = application()
        app.api_route(path, methods=[method])(endpoint)
        caplog.clear()
        with caplog.at_level(logging.WARNING, logger="straightway"):
            assert TestClient(app).request(method, url or path, **content).status_code == status
        return "\n".join(record.getMessage() for record in caplog.records)

    return ask


def form_field(name: Annotated[str, Form()]): ...
def upload_and_model(item: Item, file: Annotated[UploadFile, File()]): ...
def plain(name: str): ...
def model(item: Item): ...
def listed(tags: list[str]): ...
def optional(q: str | None): ...
def by_id(id: int): ...
def by_itemid(itemid: int): ...
def nested(found=Depends(plain)): ...


FORM = {"data": {"name": "pen"}}
JSON = {"json": {"name": "pen"}}
UPLOAD = {"data": {"item": '{"name": "pen"}'}, "files": {"file": b"x"}}


@pytest.mark.parametrize(
    ("endpoint", "request_", "instead"),
    [
        (plain, {"method": "POST", **JSON}, "def plain(name: str = Body())"),
        (plain, {"method": "POST", **FORM}, "def plain(name: str = Form())"),
        (nested, {"method": "POST", **JSON}, "def plain(name: str = Body())"),
        (model, {"method": "POST", **FORM}, "item: Item = Form()"),
        (form_field, {"method": "POST", **JSON}, "name: str = Body(), or a request that sends a form"),
        (upload_and_model, {"method": "POST", **UPLOAD}, "item: Json[Item] = Form()"),
        (listed, {"url": "/?tags=a"}, "def listed(tags: list[str] = Query())"),
        (model, {}, 'item: Item = Query(), or @app.post("/")'),
        (optional, {}, "def optional(q: str | None = None)"),
        (by_id, {"path": "/{item_id}", "url": "/1"}, "def by_id(item_id: int)"),
        (by_itemid, {"path": "/{item_id}", "url": "/1"}, "def by_itemid(item_id: int)"),
    ],
)
def test_a_refusal_that_is_the_endpoints_fault_is_explained(advice, endpoint, request_, instead):
    """The log names the line of the parameter and what it should be."""
    text = advice(endpoint, **request_)

    assert f"  declared at {__file__}:" in text
    assert f"  instead: {instead}" in text


def test_a_method_as_endpoint_is_explained(advice):
    """Decorated inside of its class, it has nobody to be its `self`."""

    class Users:
        def read(self): ...

    assert 'instead: router.add_api_route("/", Users().read)' in advice(Users.read)


def test_a_route_that_hides_a_later_one_is_explained(application, caplog):
    """The line of the later one is shown, and above what it belongs."""
    app = application()
    users = APIRouter(prefix="/users")

    @users.get("/{user_id}")
    def read_user(user_id: int): ...

    @users.get("/me")
    def read_me(): ...

    app.include_router(users)

    assert TestClient(app).get("/users/me").status_code == 422
    assert "/users/{user_id} is declared before /users/me" in caplog.text
    line = line_of('@users.get("/me")')
    assert f'@users.get("/me") (line {line}) and its function above read_user()' in caplog.text


def limited(limit: Annotated[int, Query(le=10)]): ...
def both(item: Item, dry: bool): ...
def header(item_id: int, q: str): ...


@pytest.mark.parametrize(
    ("endpoint", "request_"),
    [
        (limited, {"url": "/?limit=11"}),
        (limited, {}),
        (model, {"method": "POST", "json": {"nam": "pen"}}),
        (both, {"method": "POST", **JSON}),
        (by_id, {"path": "/{id}", "url": "/x"}),
        (header, {"path": "/{item_id}", "url": "/1"}),
        (form_field, {"method": "POST", "data": {"nam": "pen"}}),
    ],
)
def test_a_refusal_that_is_the_clients_fault_is_left_alone(advice, endpoint, request_):
    """Nothing is said where the endpoint may be just what was meant."""
    assert not advice(endpoint, **request_)


def test_advice_is_for_development(application, caplog):
    """In production a client could fill the log with it."""
    app = application("production")
    app.get("/")(optional)

    assert TestClient(app).get("/").status_code == 422
    assert not caplog.records


def test_advice_that_fails_does_not_change_the_answer(application, monkeypatch):
    """What is wrong with the advice is logged for its authors alone."""

    def broken(error, scope):
        raise Missing

    monkeypatch.setattr("straightway.serve.advice.advice_on", broken)
    app = application()
    app.get("/")(optional)

    assert TestClient(app).get("/").status_code == 422
