# ruff: noqa: D101  # what the models under test stand for is their fields
# ruff: noqa: UP007, UP045  # the older spellings of types must be understood, too
from inspect import Parameter
from typing import Annotated, Literal, Optional, Union

import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Discriminator, Field, Json, Tag

from straightway import Body, Cookie, File, Form, Header, Path, Query, Straightway, UploadFile
from straightway.analyse.lookups import get_validation_alias, lookup_of
from straightway.analyse.parameters import analyze_param
from straightway.plan import Member
from straightway.testclient import TestClient


class Page(BaseModel):
    limit: int = 10
    tags: list[str] = []


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    tricks: list[str]


def field_of(annotation, *, name="p", path=()):
    """Analyse a parameter to its field."""
    details = analyze_param(
        param_name=name, annotation=annotation, value=Parameter.empty, path_param_names=path
    )
    return details.field


def lookup(annotation, **options):
    """Analyse a parameter to the way its value is found."""
    return lookup_of(field_of(annotation, **options))


# Where


@pytest.mark.parametrize(
    ("marker", "location", "is_form"),
    [
        (Path(), "path", False),
        (Query(), "query", False),
        (Header(), "header", False),
        (Cookie(), "cookie", False),
        (Body(), "body", False),
        (Form(), "body", True),
        (File(), "body", True),
    ],
    ids=lambda each: type(each).__name__ if not isinstance(each, str | bool) else "",
)
def test_location(marker, location, is_form):
    """A marker says in which part of the request the value is."""
    found = lookup(Annotated[str, marker], path={"p"} if location == "path" else ())

    assert (found.location, found.form) == (location, is_form)
    assert found.loc == (location, "p")


# Under which keys


@pytest.mark.parametrize(
    ("marker", "keys"),
    [
        (Query(), ("p",)),
        (Query(alias="A"), ("A",)),
        (Query(validation_alias="V"), ("V",)),
        (Query(alias="A", validation_alias="V"), ("V",)),
        (Query(alias="A", validation_alias=""), ("A",)),
        (Query(serialization_alias="S"), ("p",)),
        (Query(validation_alias=AliasChoices("one", "two")), ("one", "two")),
        (Query(validation_alias=AliasChoices("one", AliasPath("two", 0))), ("p",)),
        (Query(validation_alias=AliasPath("one", 0)), ("p",)),
        (Query(alias="A", validation_alias=AliasPath("one", 0)), ("A",)),
        (Header(alias="x_Literal"), ("x_Literal",)),
        (Header(validation_alias="x_literal"), ("x_literal",)),
    ],
    ids=lambda each: str(getattr(each, "validation_alias", each)),
)
def test_keys(marker, keys):
    """A validation alias comes before an alias, and that before the name; a path into a structure names no key."""
    assert lookup(Annotated[str, marker]).keys == keys
    assert get_validation_alias(field_of(Annotated[str, marker])) == keys[0]


@pytest.mark.parametrize(
    ("marker", "key"),
    [(Header(), "x-token"), (Header(convert_underscores=False), "x_token"), (Header(alias="X_T"), "X_T")],
    ids=["converted", "not converted", "alias"],
)
def test_header_keys(marker, key):
    """Only a name is converted, and only where that is not switched off."""
    assert lookup(Annotated[str, marker], name="x_token").keys == (key,)


# One value or all


@pytest.mark.parametrize(
    "marker", [Query(), Header(), Cookie(), Form()], ids=lambda each: type(each).__name__
)
@pytest.mark.parametrize(
    ("annotation", "many"),
    [
        (str, False),
        (bytes, False),
        (list[int], True),
        (Optional[set[str]], True),
        (tuple[int, str], True),
        (list[int] | int, True),
        (Json[list[int]], False),
    ],
    ids=repr,
)
def test_sequences_take_all_values(annotation, many, marker):
    """A sequence takes every value under its key, unless it comes as one text of JSON."""
    assert lookup(Annotated[annotation, marker]).many is many


@pytest.mark.parametrize(
    ("annotation", "is_json_sequence"),
    [
        (Json[list[int]], True),
        (Json[list[int]] | None, False),
        (Json[dict], False),
        (list[int], False),
        (str, False),
    ],
    ids=repr,
)
def test_sequence_as_one_text_of_json(annotation, is_json_sequence):
    """It is one value, and an empty text is none."""
    found = lookup(Annotated[annotation, Header()])

    assert found.json_sequence is is_json_sequence


@pytest.mark.parametrize(
    ("annotation", "marker", "reads"),
    [
        (bytes, File(), True),
        (bytes | None, File(), True),
        (list[bytes], File(), True),
        (UploadFile, File(), False),
        (str, File(), False),
        (bytes, Form(), False),
    ],
    ids=repr,
)
def test_uploads_are_read_into_bytes(annotation, marker, reads):
    """Bytes of a file parameter are the content of an upload."""
    assert lookup(Annotated[annotation, marker]).file_bytes is reads


# Models spread over a location


@pytest.mark.parametrize(
    "marker", [Query(), Header(), Cookie(), Form()], ids=lambda each: type(each).__name__
)
@pytest.mark.parametrize("annotation", [Page, Optional[Page], Annotated[Page, "x"]], ids=repr)
def test_model_is_read_field_by_field(annotation, marker):
    """Each field of a model is looked up as a parameter of its own would be."""
    group = lookup(Annotated[annotation, marker]).group

    assert group.members == (
        Member(keys=("limit",), model_keys=("limit",), many=False),
        Member(keys=("tags",), model_keys=("tags",), many=True),
    )
    assert group.optional is (annotation == Optional[Page])
    assert group.union is None
    assert not group.takes_extras


@pytest.mark.parametrize(
    "annotation",
    [
        Annotated[Page, Body()],
        Annotated[Json[Page], Form()],
        Annotated[Json[Page], Query()],
        Annotated[list[Page], Body()],
        Annotated[Cat | Dog, Body()],
        Annotated[Cat | Dog, Header()],
        Annotated[str, Query()],
    ],
    ids=repr,
)
def test_other_values_are_no_group(annotation):
    """A JSON body is one value, so is a text of JSON; a union of models is a group only in a form."""
    assert lookup(annotation).group is None


@pytest.mark.parametrize(("extra", "takes"), [("ignore", False), ("allow", True), ("forbid", True)])
def test_extra_keys(extra, takes):
    """A model that allows or forbids extra keys has something to say about every key."""
    model = type("Model", (Page,), {"model_config": ConfigDict(extra=extra)})

    assert lookup(Annotated[model, Query()]).group.takes_extras is takes


class Aliased(BaseModel):
    plain: int = 0
    alias: int = Field(0, alias="A")
    validation: int = Field(0, alias="B", validation_alias="V")
    choices: int = Field(0, validation_alias=AliasChoices("one", "two"))


class AliasedByName(Aliased):
    model_config = ConfigDict(validate_by_name=True)


class PopulatedByName(Aliased):
    model_config = ConfigDict(populate_by_name=True)


class OnlyByName(Aliased):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=False)


@pytest.mark.parametrize(
    ("model", "keys"),
    [
        (Aliased, [("plain",), ("A",), ("V",), ("one", "two")]),
        (AliasedByName, [("plain",), ("A", "alias"), ("V", "validation"), ("one", "two", "choices")]),
        (PopulatedByName, [("plain",), ("A", "alias"), ("V", "validation"), ("one", "two", "choices")]),
        (OnlyByName, [("plain",), ("alias",), ("validation",), ("choices",)]),
    ],
)
def test_keys_of_members(model, keys):
    """A model's configuration says whether its fields are known by alias, by name, or by both."""
    group = lookup(Annotated[model, Query()]).group

    assert [member.keys for member in group.members] == keys
    assert [member.model_keys for member in group.members] == keys
    assert group.renamed == ()


class Tracing(BaseModel):
    trace_id: str
    request_id: str = Field(alias="x_literal")
    kept_name: str = Header(convert_underscores=False)


def test_header_members_are_spelled_with_hyphens():
    """A field's name is converted like that of a parameter; the underscore form of it is refused."""
    group = lookup(Annotated[Tracing, Header()]).group

    assert [member.keys for member in group.members] == [("trace-id",), ("x_literal",), ("kept_name",)]
    assert [member.model_keys for member in group.members] == [("trace_id",), ("x_literal",), ("kept_name",)]
    assert group.renamed == (("trace_id", "trace-id"),)
    assert group.refused == {"trace_id"}


def test_header_members_may_keep_their_names():
    """The marker of the model may switch conversion off for all fields."""
    group = lookup(Annotated[Tracing, Header(convert_underscores=False)]).group

    assert group.members[0].keys == ("trace_id",)
    assert group.refused == frozenset()


def test_errors_may_keep_the_names_of_fields():
    """`loc_by_alias=False` in a model has Pydantic report by name; the place is left as Pydantic says it."""
    model = type("Model", (Tracing,), {"model_config": ConfigDict(loc_by_alias=False)})

    assert lookup(Annotated[model, Header()]).group.renamed == ()


class Upload(BaseModel):
    content: bytes = File()
    several: list[bytes] = File()
    file: UploadFile
    text: bytes


def test_only_file_members_are_read_into_bytes():
    """A field of bytes is read from an upload if it says that it is a file."""
    group = lookup(Annotated[Upload, Form()]).group

    assert [member.file_bytes for member in group.members] == [True, True, False, False]


@pytest.mark.parametrize(
    "annotation",
    [
        Annotated[Cat | Dog, Form()],
        Annotated[Union[Cat, Dog], Form()],
        Annotated[Optional[Cat | Dog], Form()],
        Annotated[Cat | Dog, Form(discriminator="kind")],
    ],
    ids=repr,
)
def test_union_of_models_in_a_form(annotation):
    """The fields of all models are looked for, and each model sees them in its own way."""
    group = lookup(annotation).group

    assert [member.keys for member in group.members] == [("kind",), ("lives",), ("kind",), ("tricks",)]
    assert group.union is not None
    dog, errors = group.union.validate({"kind": "dog", "tricks": "sit", "lives": ["9"]})
    assert errors == []
    assert dog == Dog(kind="dog", tricks=["sit"])
    cat, errors = group.union.validate({"kind": "cat", "tricks": ["sit"], "lives": ["8", "9"]})
    assert errors == []
    assert cat == Cat(kind="cat", lives=9)


def test_tagged_union_in_a_form():
    """A function may tell the models apart by tags of its own."""

    def by_kind(data):
        return {"cat": "feline", "dog": "canine"}.get(data["kind"])

    tagged = Annotated[Annotated[Cat, Tag("feline")] | Annotated[Dog, Tag("canine")], Discriminator(by_kind)]
    group = lookup(Annotated[tagged, Form()]).group

    assert group.union.validate({"kind": "cat", "lives": "3"}) == (Cat(kind="cat", lives=3), [])
    _, errors = group.union.validate({"kind": "dog"})
    assert [error["loc"] for error in errors] == [("canine", "tricks")]


def test_empty_json_text_in_a_group_counts_as_not_sent():
    """A sequence that is sent as one text of JSON is missing where the text is empty, in a model too."""

    class Filters(BaseModel):
        ids: Json[list[int]]

    app = Straightway()

    @app.get("/")
    def endpoint(filters: Annotated[Filters, Query()]):
        return filters

    client = TestClient(app)

    assert client.get("/", params={"ids": "[1]"}).json() == {"ids": [1]}
    assert client.get("/?ids=[1]&ids=").json()["detail"][0]["type"] == "missing"
