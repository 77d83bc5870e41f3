"""Parameters by other names: what a request must say so that an endpoint gets the value."""

from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field

from straightway import Body, Cookie, Form, Header, Path, Query, Straightway
from straightway.testclient import TestClient

CHOICES = AliasChoices("one", "two")
WITH_PATH = AliasChoices("one", AliasPath("two", 0))


@dataclass
class Case:
    """A parameter, and what becomes of a request: the value, or the places of the errors."""

    annotation: Any
    value: Any = None
    errors: list[list[str]] = field(default_factory=list)
    name: str = "p"
    path: str = "/"
    url: str = "/"
    request: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Name the case after what it asks."""
        return f"{self.annotation.__metadata__[0]!r}-{self.url}-{self.request}"


def query(marker, url, value=None, errors=()):
    """Ask for a text in the query string."""
    return Case(Annotated[str, marker], value, list(errors), url=url)


def form(marker, sent, value=None, errors=()):
    """Ask for a text in a form."""
    return Case(Annotated[str, marker], value, list(errors), request={"data": sent})


def header(marker, sent, value=None, errors=()):
    """Ask for a text in a header."""
    return Case(Annotated[str, marker], value, list(errors), name="x_token", request={"headers": sent})


def embedded(marker, sent, value=None, errors=()):
    """Ask for a text in an object."""
    return Case(Annotated[str, marker], value, list(errors), request={"json": sent})


class ByAlias(BaseModel):
    """A model that is known by its alias."""

    value: str = Field(alias="A")


class ByEither(ByAlias):
    """A model that is known by its alias and by its name."""

    model_config = ConfigDict(validate_by_name=True)


class ByName(ByAlias):
    """A model that is known by its name alone."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=False)


class ByChoice(BaseModel):
    """A model that is known by several names."""

    value: str = Field(validation_alias=CHOICES)


def model(annotation, url, value=None, errors=()):
    """Ask for a model in the query string."""
    return Case(Annotated[annotation, Query()], value and {"value": value}, list(errors), url=url)


CASES = [
    # The validation alias counts, then the alias, then the name; and only that one.
    query(Query(alias="A"), "/?A=1", "1"),
    query(Query(alias="A"), "/?p=1", errors=[["query", "A"]]),
    query(Query(alias="item-query"), "/?item-query=1", "1"),
    query(Query(alias="A", validation_alias="V"), "/?V=1", "1"),
    query(Query(alias="A", validation_alias="V"), "/?A=1", errors=[["query", "V"]]),
    query(Query(serialization_alias="S"), "/?p=1", "1"),
    query(Query(serialization_alias="S"), "/?S=1", errors=[["query", "p"]]),
    # Of several names the first that was sent counts; the first is named where none was.
    query(Query(validation_alias=CHOICES), "/?two=2&one=1", "1"),
    query(Query(validation_alias=CHOICES), "/?two=2", "2"),
    query(Query(validation_alias=CHOICES), "/?p=2", errors=[["query", "one"]]),
    # A path into a structure means nothing for a single value: the name is left.
    query(Query(validation_alias=WITH_PATH), "/?p=1", "1"),
    query(Query(validation_alias=WITH_PATH), "/?one=1", errors=[["query", "p"]]),
    query(Query(validation_alias=AliasPath("one", 0)), "/?p=1", "1"),
    # In the path, by name; an alias may say another.
    Case(Annotated[str, Path(alias="q")], "7", path="/{q}", url="/7"),
    Case(Annotated[str, Path(validation_alias=CHOICES)], "7", path="/{two}", url="/7"),
    Case(Annotated[str, Path()], errors=[["path", "p"]], path="/{q}", url="/7"),
    # Headers: hyphens for underscores unless the name was chosen; case never counts.
    header(Header(), {"X-Token": "a"}, "a"),
    header(Header(), {"x_token": "a"}, errors=[["header", "x-token"]]),
    header(Header(convert_underscores=False), {"X_TOKEN": "a"}, "a"),
    header(Header(convert_underscores=False), {"x-token": "a"}, errors=[["header", "x_token"]]),
    header(Header(alias="X_Other"), {"x_other": "a"}, "a"),
    header(Header(alias="X_Other"), {"x-other": "a"}, errors=[["header", "X_Other"]]),
    header(Header(validation_alias="X-Valid"), {"x-valid": "a"}, "a"),
    header(Header(validation_alias=AliasChoices("X-One", "X-Two")), {"x-two": "a"}, "a"),
    Case(Annotated[str, Cookie(alias="c-c")], "v", request={"headers": {"cookie": "c-c=v"}}),
    # Forms and objects: alike.
    form(Form(alias="A"), {"A": "1"}, "1"),
    form(Form(alias="A"), {"p": "1"}, errors=[["body", "A"]]),
    form(Form(validation_alias=CHOICES), {"two": "2"}, "2"),
    form(Form(validation_alias=CHOICES), {"one": "", "two": "2"}, "2"),
    form(Form(validation_alias=CHOICES), {}, errors=[["body", "one"]]),
    embedded(Body(alias="A", embed=True), {"A": "1"}, "1"),
    embedded(Body(alias="A", validation_alias="V", embed=True), {"A": "1"}, errors=[["body", "V"]]),
    embedded(Body(validation_alias=CHOICES, embed=True), {"two": "2"}, "2"),
    embedded(Body(validation_alias=CHOICES, embed=True), {"p": "2"}, errors=[["body", "one"]]),
    # What is the whole body has no name.
    embedded(Body(alias="A"), "whole", "whole"),
    # Models: as their configuration says.
    model(ByAlias, "/?A=1", "1"),
    model(ByAlias, "/?value=1", errors=[["query", "A"]]),
    model(ByEither, "/?A=1", "1"),
    model(ByEither, "/?value=1", "1"),
    model(ByEither, "/", errors=[["query", "A"]]),
    model(ByName, "/?value=1", "1"),
    model(ByName, "/?A=1", errors=[["query", "value"]]),
    model(ByChoice, "/?two=1", "1"),
    model(ByChoice, "/?value=1", errors=[["query", "one"]]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_name_in_the_request(case):
    """The key under which a value must be sent, and the place that an error names."""
    app = Straightway()
    names: dict[str, Any] = {}
    exec(f"def endpoint({case.name}): return {case.name}", names)  # noqa: S102  # the parameter's name is a case's
    endpoint = names["endpoint"]
    endpoint.__annotations__ = {case.name: case.annotation}
    app.post(case.path)(endpoint)

    answer = TestClient(app).post(case.url, **case.request)

    if case.errors:
        assert answer.status_code == 422
        assert [error["loc"] for error in answer.json()["detail"]] == case.errors
    else:
        found = answer.json()
        if isinstance(case.value, dict):
            found = {"value": next(iter(found.values()))}
        assert (answer.status_code, found) == (200, case.value)
