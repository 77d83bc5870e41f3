import inspect
import sys
from functools import partial, wraps
from typing import Annotated, Any, ForwardRef, get_args

import pytest
from pydantic import BaseModel
from typing_extensions import TypeAliasType

from straightway.analyse.signature import (
    typed_annotation,
    typed_return_annotation,
    typed_signature,
    without_alias,
)
from straightway.declare.depends import Depends
from tests.analyse.modules import module

POSTPONED = "from __future__ import annotations\n"


def annotations_of(call):
    """Return the parameters of a callable with their types."""
    return {name: each.annotation for name, each in typed_signature(call).parameters.items()}


def test_types_are_returned_as_they_are():
    """An annotation that is a type already stays that very object."""

    def endpoint(item: int, note: Annotated[str, "kept"], untyped): ...

    assert annotations_of(endpoint) == {
        "item": int,
        "note": Annotated[str, "kept"],
        "untyped": inspect.Parameter.empty,
    }


def test_defaults_and_kinds_are_kept():
    """Only annotations are changed: what else a signature says is passed on."""

    def endpoint(first, /, second=2, *rest, third: "int" = 3, **others): ...

    kinds = [
        (each.name, each.kind.name, each.default) for each in typed_signature(endpoint).parameters.values()
    ]

    empty = inspect.Parameter.empty
    assert kinds == [
        ("first", "POSITIONAL_ONLY", empty),
        ("second", "POSITIONAL_OR_KEYWORD", 2),
        ("rest", "VAR_POSITIONAL", empty),
        ("third", "KEYWORD_ONLY", 3),
        ("others", "VAR_KEYWORD", empty),
    ]


def test_postponed_annotations_are_evaluated_where_they_were_written():
    """PEP 563: a text is evaluated with the names of the function's own module."""
    written = module(POSTPONED + "class Item: ...\ndef endpoint(item: Item, count: int | None): ...")

    assert annotations_of(written.endpoint) == {"item": written.Item, "count": int | None}


def test_quoted_annotation_is_evaluated():
    """A quoted annotation means what it would mean without quotes."""

    def endpoint(count: "list[int]"): ...

    assert annotations_of(endpoint) == {"count": list[int]}


@pytest.mark.parametrize("text", ["None", "type(None)"])
def test_text_none_means_none(text):
    """PEP 484: None as an annotation is the type of None; an endpoint's own spelling is None."""
    assert typed_annotation(text, {}) is None


def test_forward_reference_is_evaluated():
    """A ForwardRef object is a text, too."""
    assert typed_annotation(ForwardRef("list[Item]"), {"Item": int}) == list[int]


def test_name_for_type_checkers_only_stays_a_reference():
    """A name imported under TYPE_CHECKING is not there at run time; the other parameters are understood all the same."""
    written = module(POSTPONED + "def endpoint(session: Session, count: int): ...")

    assert annotations_of(written.endpoint) == {"session": ForwardRef("Session"), "count": int}


def test_marker_beside_a_name_for_type_checkers_only_is_found():
    """A dependency needs no type: `Annotated[Session, Depends(…)]` keeps its marker."""
    depends = Depends(lambda: None)
    written = module(
        POSTPONED + "def endpoint(session: Annotated[Session, depends]): ...",
        Annotated=Annotated,
        depends=depends,
    )

    annotation = annotations_of(written.endpoint)["session"]

    assert get_args(annotation) == (ForwardRef("Session"), depends)


def test_names_inside_a_leniently_read_annotation_are_those_of_the_module():
    """A function written inside such an annotation finds its module's names when it is called, too."""
    written = module(
        POSTPONED
        + "def value(): return 7\n"
        + "def endpoint(session: Session, value: Annotated[int, Depends(lambda: value())]): ...",
        Annotated=Annotated,
        Depends=Depends,
    )

    _, depends = get_args(annotations_of(written.endpoint)["value"])

    assert depends.dependency() == 7


@pytest.mark.parametrize("text", ["Session | None", "Session.Inner", "list[Session]", "sessions.Session"])
def test_annotation_around_an_unknown_name_does_not_fail(text):
    """Whatever surrounds an unknown name, the signature can be had."""
    written = module(POSTPONED + f"def endpoint(session: {text}, count: int): ...")

    assert annotations_of(written.endpoint)["count"] is int


def test_builtin_name_is_no_unknown_name():
    """Built-in types are found beside an unknown name."""
    written = module(POSTPONED + "def endpoint(pair: tuple[Session, int]): ...")

    assert get_args(annotations_of(written.endpoint)["pair"]) == (ForwardRef("Session"), int)


def test_wrapper_has_the_parameters_of_what_it_wraps():
    """`functools.wraps` shows the inner function, whose module's names its annotations use."""
    written = module(POSTPONED + "class Item: ...\ndef inner(item: Item): ...")

    @wraps(written.inner)
    def wrapper(*args, **kwargs): ...

    assert annotations_of(wrapper) == {"item": written.Item}


def test_unknown_name_under_a_wrapper_stays_a_reference():
    """The names of a wrapped function's module count even where one of them is missing."""
    written = module(POSTPONED + "class Item: ...\ndef inner(item: Item, session: Session): ...")

    @wraps(written.inner)
    def wrapper(*args, **kwargs): ...

    assert annotations_of(wrapper) == {"item": written.Item, "session": ForwardRef("Session")}


def test_partial_has_the_parameters_that_are_left():
    """Arguments given by position are gone; those given by name have become defaults."""
    written = module(POSTPONED + "class Item: ...\ndef inner(first: Item, second: Item, third: int): ...")

    signature = typed_signature(partial(written.inner, object(), third=3))

    assert list(signature.parameters) == ["second", "third"]
    assert signature.parameters["second"].annotation is written.Item
    assert signature.parameters["third"].default == 3


def test_unknown_name_under_a_partial_stays_a_reference():
    """A partial of a partial is seen through for the names of its module."""
    written = module(POSTPONED + "class Item: ...\ndef inner(first: Item, session: Session, third: int): ...")

    call = partial(partial(written.inner, third=3))

    assert annotations_of(call) == {"first": written.Item, "session": ForwardRef("Session"), "third": int}


@pytest.mark.parametrize("names", ["item: Item", "item: Item, session: Session"], ids=["known", "unknown"])
@pytest.mark.parametrize(
    "make",
    [
        pytest.param("class Call:\n  def __call__(self, {}): ...\ncall = Call()", id="instance"),
        pytest.param("class Call:\n  def method(self, {}): ...\ncall = Call().method", id="bound method"),
        pytest.param(
            "class Call:\n  @classmethod\n  def make(cls, {}): ...\ncall = Call.make", id="class method"
        ),
        pytest.param(
            "class Call:\n  @staticmethod\n  def make({}): ...\ncall = Call.make", id="static method"
        ),
        pytest.param("class call:\n  def __init__(self, {}): ...", id="class"),
    ],
)
def test_self_is_no_parameter(make, names):
    """Instances, methods and classes have the parameters that a caller passes, with their module's types."""
    written = module(POSTPONED + "class Item: ...\n" + make.format(names))

    annotations = annotations_of(written.call)

    assert "self" not in annotations
    assert "cls" not in annotations
    assert annotations["item"] is written.Item


def test_model_has_its_fields_as_parameters():
    """A Pydantic model as a dependency is called with its fields."""

    class Page(BaseModel):
        limit: int = 10
        offset: int

    signature = typed_signature(Page)

    assert {name: each.annotation for name, each in signature.parameters.items()} == {
        "limit": int,
        "offset": int,
    }
    assert signature.parameters["limit"].default == 10


def test_signature_that_an_object_declares_is_believed():
    """`__signature__` is how wrappers of other libraries say what they take."""

    def call(*args, **kwargs): ...

    parameter = inspect.Parameter("item", inspect.Parameter.KEYWORD_ONLY, annotation="int")
    call.__signature__ = inspect.Signature([parameter])

    assert annotations_of(call) == {"item": int}


def test_callable_without_a_signature_raises():
    """What cannot say its parameters cannot be a dependency: the exception is that of `inspect`."""
    with pytest.raises(ValueError, match="no signature found"):
        typed_signature(dict)


def test_return_annotation_is_evaluated():
    """The return type is understood like that of a parameter, through wrappers, too."""
    written = module(POSTPONED + "class Item: ...\ndef inner() -> list[Item]: ...")

    @wraps(written.inner)
    def wrapper(): ...

    assert typed_return_annotation(written.inner) == list[written.Item]
    assert typed_return_annotation(wrapper) == list[written.Item]


def test_missing_return_annotation_is_none():
    """A function that does not say what it returns, and one that says None, are the same here."""
    written = module(POSTPONED + "def says_none() -> None: ...\ndef says_nothing(): ...")

    assert typed_return_annotation(written.says_none) is None
    assert typed_return_annotation(written.says_nothing) is None


def test_unknown_return_annotation_stays_a_reference():
    """A return type for type checkers only does not hide the parameters."""
    written = module(POSTPONED + "def endpoint(count: int) -> Session: ...")

    assert typed_return_annotation(written.endpoint) == ForwardRef("Session")
    assert annotations_of(written.endpoint) == {"count": int}


def test_alias_is_replaced_by_what_it_stands_for():
    """`type X = …` is unwrapped one level, as in FastAPI."""
    inner = TypeAliasType("inner", int)
    outer = TypeAliasType("outer", inner)

    assert without_alias(inner) is int
    assert without_alias(outer) is inner


@pytest.mark.parametrize("annotation", [int, Any, None, "text", list[int], Annotated[int, "x"]], ids=repr)
def test_what_is_no_alias_stays(annotation):
    """Only aliases of PEP 695 are unwrapped."""
    assert without_alias(annotation) is annotation


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the type statement is new in Python 3.12")
def test_alias_of_the_type_statement_is_replaced():
    """The alias that the statement makes is the same thing as typing_extensions' class makes before."""
    written = module("type Item = int")

    assert without_alias(written.Item) is int


def test_references_left_by_a_lazy_evaluation_are_resolved():
    """What PEP 649 could not evaluate is a ForwardRef, whole or inside: known names count, markers stay."""
    marker = Depends(int)

    def endpoint(known, inside, unknown): ...

    endpoint.__annotations__ = {
        "known": ForwardRef("int"),
        "inside": Annotated[ForwardRef("Session"), marker],
        "unknown": ForwardRef("Session"),
    }

    assert annotations_of(endpoint) == {
        "known": int,
        "inside": Annotated[ForwardRef("Session"), marker],
        "unknown": ForwardRef("Session"),
    }


@pytest.mark.skipif(sys.version_info < (3, 14), reason="annotations are evaluated lazily since Python 3.14")
def test_lazily_evaluated_annotations_are_understood():
    """PEP 649: an unknown name in an unquoted annotation leaves the others as they are."""
    written = module("def endpoint(session: Session, count: int): ...")

    assert annotations_of(written.endpoint)["count"] is int
