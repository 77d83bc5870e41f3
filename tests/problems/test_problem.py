"""Classes of problems: what they say, what they check, and what becomes of their members."""

import importlib
import json
from typing import Annotated, ClassVar

import pytest
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException

from straightway import HTTPException, Problem
from straightway.errors import DeclarationError
from straightway.problems import InvalidRequest, NotFound, Unauthorized, problem, ready_made
from straightway.problems.problem import members_of, model_of
from straightway.runtime.problems import problem_reply


class OutOfStock(Problem):
    """There is not enough left."""

    status = 409
    type = "https://shop.example/problems/out-of-stock"
    title = "Out of stock"
    sku: str
    available: Annotated[int, Field(ge=0)] = 0


class SoldForEver(OutOfStock):
    """There will be no more."""

    status = 410
    since: int | None = None


class Sent(Problem):
    """A member is sent under another name."""

    status = 400
    given_name: str = Field(serialization_alias="given-name", default="x")


def sent(error, **scope):
    """Return what the answer to an error says."""
    return json.loads(problem_reply(error, scope).body)


def test_problem_is_an_http_exception():
    """Code that catches HTTP errors sees status, headers and a detail: the title, where nothing was said."""
    error = OutOfStock(sku="a", headers={"X-A": "1"})

    assert isinstance(error, HTTPException)
    assert isinstance(error, StarletteHTTPException)
    assert (error.status_code, error.detail, error.headers) == (409, "Out of stock", {"X-A": "1"})
    assert OutOfStock(sku="a", detail="None left").detail == "None left"
    assert str(error) == "409: Out of stock"


def test_members_are_attributes_and_are_sent():
    """What was given is there with its type, in the answer as well as on the exception."""
    error = OutOfStock(sku="a", available="3", detail="Three left", instance="/orders/7")

    assert (error.sku, error.available) == ("a", 3)
    assert sent(error) == {
        "type": "https://shop.example/problems/out-of-stock",
        "title": "Out of stock",
        "status": 409,
        "detail": "Three left",
        "instance": "/orders/7",
        "sku": "a",
        "available": 3,
    }


def test_what_was_not_said_is_left_out():
    """Neither `detail` nor `instance` is sent without a value, nor a detail that repeats the title."""
    assert set(sent(NotFound())) == {"type", "title", "status"}
    assert sent(NotFound()) == {"type": "about:blank", "title": "Not Found", "status": 404}
    assert sent(NotFound(detail="Not Found")) == sent(NotFound())


def test_members_have_the_values_that_they_have_when_they_are_sent():
    """Who catches a problem may add to it and raise it again."""
    error = OutOfStock(sku="a")
    error.available = 7

    assert sent(error)["available"] == 7


@pytest.mark.parametrize(
    "members", [{}, {"sku": "a", "available": -1}, {"sku": "a", "avialable": 1}, {"sku": ["a"]}]
)
def test_members_are_validated_where_the_problem_is_raised(members):
    """A member that is missing, does not fit or does not exist is a mistake of who raises it."""
    with pytest.raises(ValidationError, match="OutOfStock"):
        OutOfStock(**members)


def test_class_inherits_members_type_and_title():
    """A class derived from another has all that it has, and what it says itself."""
    assert sent(SoldForEver(sku="a", since=1999)) == {
        "type": "https://shop.example/problems/out-of-stock",
        "title": "Out of stock",
        "status": 410,
        "sku": "a",
        "available": 0,
        "since": 1999,
    }


def test_title_is_the_phrase_of_the_status():
    """A title that was not given goes with the status of the class, not with that of what it derives from."""

    class Elsewhere(NotFound):
        status = 410

    class Teapot(Problem):
        status = 418

    class Odd(Problem):
        status = 499

    assert (Elsewhere.title, Teapot.title, Odd.title) == ("Gone", "I'm a Teapot", "Client Error")


def test_titles_are_those_of_the_standard_on_every_python():
    """RFC 9110 has renamed what older versions of Python call otherwise."""
    assert ready_made.UnprocessableContent.title == "Unprocessable Content"


def test_class_has_defaults_of_detail_and_headers():
    """What a class says, its problems say unless they say otherwise."""

    class LoggedOut(Unauthorized):
        detail = "The session is over."
        headers: ClassVar = {"WWW-Authenticate": "Bearer"}

    assert LoggedOut().headers == {"WWW-Authenticate": "Bearer"}
    assert LoggedOut(headers={}).headers == {}
    assert sent(LoggedOut())["detail"] == "The session is over."
    assert sent(LoggedOut(detail="Gone"))["detail"] == "Gone"


def test_member_may_have_an_alias():
    """It is given by its name and sent under the alias."""
    assert sent(Sent(given_name="Ann"))["given-name"] == "Ann"


def test_annotations_may_be_names_of_the_function_around():
    """Strings are evaluated where the class stands; `from __future__ import annotations` makes them of all."""

    class Local(BaseModel):
        count: int

    class Refused(Problem):
        status = 409
        local: "Local"
        more: "list[Local]" = Field(default_factory=list)

    assert sent(Refused(local={"count": "1"}))["local"] == {"count": 1}


def test_annotations_may_be_names_that_the_module_says_later():
    """They are evaluated when the class is first needed."""
    assert sent(Early(later={"number": 1}))["later"] == {"number": 1}


class Early(Problem):
    """Names what comes after it."""

    status = 400
    later: "Later"


class Later(BaseModel):
    """What comes after it."""

    number: int


def test_reserved_name_with_a_value_may_be_annotated():
    """`status: int = 409` is what many write."""

    class Annotated409(Problem):
        status: int = 409
        title: str = "Taken"

    assert sent(Annotated409()) == {"type": "about:blank", "title": "Taken", "status": 409}


@pytest.mark.parametrize("status", [200, 99, 600, "409", None])
def test_status_must_be_one_of_an_error(status):
    """Problem details are for errors; the message has the line of the class."""
    with pytest.raises(DeclarationError, match="is no status of an error") as caught:
        type("Wrong", (Problem,), {"status": status})

    assert caught.value.at.file == __file__
    assert "status = 409" in str(caught.value)


@pytest.mark.parametrize("name", ["type", "title", "detail"])
def test_texts_must_be_texts(name):
    """A list under one of the standard's names would be no problem details any more."""
    with pytest.raises(DeclarationError, match=f"The {name} of Wrong is"):
        type("Wrong", (Problem,), {"status": 400, name: ["a"]})


@pytest.mark.parametrize("name", ["instance", "status_code", "args", "detail", "add_note"])
def test_members_must_not_have_a_name_that_is_taken(name):
    """What every problem has cannot be a member; the class's line is told, and what to do."""
    with pytest.raises(DeclarationError, match=f"declares a member '{name}'") as caught:
        type("Wrong", (Problem,), {"status": 400, "__annotations__": {name: dict}})

    assert caught.value.at.line is not None


def test_alias_must_not_be_a_name_of_the_standard():
    """It would overwrite what the standard wants there."""

    class Wrong(Problem):
        status = 400
        own: str = Field(alias="status")

    with pytest.raises(DeclarationError, match="would be sent as 'status'"):
        model_of(Wrong)


@pytest.mark.parametrize(
    "annotation",
    [object(), "Nowhere", "json.Nowhere", "1 +"],
    ids=["no type", "unknown name", "unknown attribute", "no expression"],
)
def test_member_that_pydantic_does_not_understand(annotation):
    """It is told by the name of the class, when the class is first needed."""
    kind = type("Wrong", (Problem,), {"status": 400, "__annotations__": {"own": annotation}})

    with pytest.raises(DeclarationError, match="The members of Wrong cannot be made sense of"):
        model_of(kind)


def test_every_ready_made_problem_can_be_raised():
    """Each needs nothing but to be named, but for that with a list of errors."""
    kinds = [
        each for each in vars(ready_made).values() if isinstance(each, type) and issubclass(each, Problem)
    ]

    for kind in kinds:
        if kind not in {Problem, InvalidRequest}:
            assert sent(kind()) == {"type": "about:blank", "title": kind.title, "status": kind.status}
    assert sent(InvalidRequest(errors=[{"detail": "odd", "pointer": "#/a"}]))["errors"] == [
        {"detail": "odd", "pointer": "#/a"}
    ]


def test_head_has_no_content():
    """The headers are those of the answer to GET."""
    reply = problem_reply(NotFound(), {"method": "HEAD"})

    assert reply.body == b""
    assert reply.headers["content-length"] == str(len(problem_reply(NotFound(), {}).body))


class Hostile:
    """Fails whatever it is asked."""

    def __iter__(self):
        raise RuntimeError("no")

    def __getattr__(self, name):
        raise RuntimeError("no")


def endless():
    """Return a list that holds itself."""
    value = []
    value.append(value)
    return value


class Anything(Problem):
    """Has a member of any kind."""

    status = 400
    value: object


@pytest.mark.parametrize(
    ("value", "likeness"),
    [
        (float("nan"), None),
        ("\ud800", "\\ud800"),
        ({"\ud800": 1}, {"\\ud800": 1}),
        (10**5000, "an integer of 16610 bits"),
        (b"\xff", "\\xff"),
        ({1, 2}, [1, 2]),
        (object(), "an object of object"),
    ],
    ids=["nan", "surrogate", "surrogate in a key", "digits", "bytes", "set", "object"],
)
def test_member_that_json_cannot_express(value, likeness):
    """A likeness is sent, and the answer is the one that was meant."""
    assert sent(Anything(value=value))["value"] == likeness


@pytest.mark.parametrize("value", [endless(), Hostile()], ids=["endless", "hostile"])
def test_member_that_cannot_be_sent_at_all_is_left_out(value):
    """The rest is sent, whether or not somebody has imported what asks the value about Pydantic 1."""
    importlib.import_module("pydantic.v1")
    answer = sent(Anything(value=value, detail="d\ud800"))

    assert answer["status"] == 400
    assert answer["detail"] == "d\\ud800"


def test_answer_is_one_even_if_a_serializer_fails(monkeypatch):
    """The user's code that writes a member may fail: the error is answered without it."""
    monkeypatch.setattr(problem.BaseModel, "model_dump", lambda *_, **__: 1 / 0)

    assert sent(OutOfStock(sku="a"))["sku"] == "a"
    with pytest.raises(ZeroDivisionError):
        members_of(OutOfStock(sku="a"))
