"""Components: which types get one, what it is called, and when input and output differ."""

# ruff: noqa: D101, D102  # a docstring would be a description in the document

import dataclasses
from enum import Enum, IntEnum
from typing import Annotated, Any, Generic, Literal, Required, TypeVar

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel, computed_field
from typing_extensions import TypedDict

from straightway import Body, Form, Straightway
from tests.describe.documents import assert_describes_itself

T = TypeVar("T")


class Pot(BaseModel):
    colour: str


class Box(BaseModel, Generic[T]):
    content: T


class Labelled(BaseModel):
    name: str

    @computed_field
    @property
    def label(self) -> str:
        return self.name.title()


class Shelf(BaseModel):
    labelled: Labelled
    pots: list[Pot] = []


class WithDefaults(BaseModel):
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)
    size: int = 1


class Renamed(BaseModel):
    """In one way, out the other."""

    name: Annotated[str, Field(alias="in", serialization_alias="out")]


class Folder(BaseModel):
    name: str
    folders: list["Folder"] = []


class Options(TypedDict, total=False):
    limit: Required[int]
    order: str


@dataclasses.dataclass
class Point:
    x: int
    pot: Pot
    y: int = 0


class Size(IntEnum):
    """How big."""

    small = 1


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"


TYPES: dict[str, Any] = {
    "generic": Box[int],
    "nested generic": Box[list[Pot]],
    "computed": Labelled,
    "nested computed": Shelf,
    "defaults": WithDefaults,
    "renamed": Renamed,
    "recursive": Folder,
    "typed dictionary": Options,
    "dataclass": Point,
    "enumeration": Size,
    "union": Cat | Dog,
    "discriminated": Annotated[Cat | Dog, Field(discriminator="kind")],
    "root": RootModel[list[Labelled]],
    "generic of computed": Box[Labelled],
}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("separate", [True, False], ids=["separate", "together"])
def test_components_of_input_and_output(kind, separate):
    """A type has one component, or one for each direction where they differ; together only if it has computed fields."""
    app = Straightway(title=kind, separate_input_output_schemas=separate)

    def echo(value): ...

    echo.__annotations__ = {"value": Annotated[TYPES[kind], Body()], "return": list[TYPES[kind]]}
    app.post("/echo")(echo)

    assert_describes_itself(
        app, f"components/{kind.replace(' ', '_')}_{'separate' if separate else 'together'}"
    )


def test_components_of_one_name():
    """Classes of one name are told apart by their modules and places."""

    class Pot(BaseModel):
        litres: float

    app = Straightway(title="Namesakes")
    outer = globals()["Pot"]

    def add(here, there): ...

    add.__annotations__ = {"here": Pot, "there": outer, "return": Box[Pot]}
    app.post("/pots")(add)
    names = set(app.openapi()["components"]["schemas"])

    assert {name for name in names if name.endswith("Pot")} == {
        "tests__describe__test_components__Pot",
        "tests__describe__test_components__test_components_of_one_name___locals___Pot",
    }


def test_binary_data():
    """Bytes are binary text, with the encoding that a model's configuration gives each direction."""
    app = Straightway(title="Binary")

    class Plain(BaseModel):
        data: Annotated[bytes, Field(min_length=2, description="Raw")]

    class Encoded(BaseModel):
        model_config = ConfigDict(val_json_bytes="base64", ser_json_bytes="base64")
        data: bytes

    class EncodedInput(BaseModel):
        model_config = ConfigDict(val_json_bytes="base64")
        data: bytes

    @app.post("/plain")
    def plain(value: Plain) -> Plain: ...

    @app.post("/encoded")
    def encoded(value: Encoded) -> Encoded: ...

    @app.post("/input")
    def encoded_input(value: EncodedInput) -> EncodedInput: ...

    assert_describes_itself(app, "binary_data")


def test_descriptions_end_at_a_form_feed():
    """What stands in a docstring after a form feed is for readers of the source; descriptions of fields are kept."""
    app = Straightway(title="Form feeds")

    class Documented(BaseModel):
        """For all.

        \f
        For few.
        """  # noqa: D301  # the form feed is meant

        value: Annotated[int, Field(description="Kept\fwhole")]

    @app.post("/")
    def add(value: Documented) -> Documented: ...

    assert_describes_itself(app, "form_feeds")


def test_parts_of_a_flat_form_share_components_with_answers():
    """A model with computed fields that is part of a form is described as input there, and as output elsewhere."""
    app = Straightway(title="Parts")

    @app.post("/")
    def submit(
        labelled: Annotated[Labelled | None, Form()] = None, token: Annotated[str, Form()] = ""
    ) -> Labelled: ...

    assert_describes_itself(app, "components_of_form_parts")


def test_enumerations_of_several_kinds():
    """The members of an enumeration are its values, with their common type where they have one."""

    class Mixed(Enum):
        one = 1
        two = "two"

    app = Straightway(title="Enumerations")

    @app.get("/{size}")
    def read(size: Size, mixed: Mixed = Mixed.two) -> dict[str, Mixed]: ...

    assert_describes_itself(app, "enumerations")
