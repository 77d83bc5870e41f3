import copy
import inspect
import warnings
from typing import Annotated

import pytest
from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen, MultipleOf
from pydantic import AliasChoices, BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from straightway import param_functions
from straightway.datastructures import _Unset
from straightway.declare import params
from straightway.declare.params import Undefined
from straightway.errors import DeclarationError, StraightwayDeprecationWarning

ALL = ["Path", "Query", "Header", "Cookie", "Body", "Form", "File"]
WITH_DEFAULT = [name for name in ALL if name != "Path"]


@pytest.fixture(params=ALL)
def class_(request):
    """Go through the classes of all markers."""
    return getattr(params, request.param)


@pytest.fixture(params=ALL)
def function(request):
    """Go through the functions of all markers."""
    return getattr(param_functions, request.param)


def test_function_makes_the_class_of_its_name(function):
    """What users call makes what code that inspects declarations looks for."""
    assert type(function()) is getattr(params, function.__name__)


def test_marker_is_a_required_field_by_default(class_):
    """A marker without a default is a Pydantic field without one."""
    marker = class_()

    assert isinstance(marker, FieldInfo)
    assert marker.default is Undefined
    assert marker.is_required()
    assert marker.include_in_schema is True
    assert marker.openapi_examples is None
    assert marker.example is _Unset


def test_ellipsis_means_required(class_):
    """`...` is the older way to write a required parameter."""
    assert class_(...).is_required()


@pytest.mark.parametrize("name", WITH_DEFAULT)
def test_default_is_the_only_positional_argument(name):
    """The default is kept and shown."""
    marker = getattr(params, name)("given")

    assert marker.default == "given"
    assert repr(marker) == f"{name}(given)"
    with pytest.raises(TypeError, match="positional argument"):
        getattr(params, name)("given", "more")


def test_path_refuses_a_default():
    """A path without the value is another path, so a default could never be used."""
    with pytest.raises(AssertionError, match=r"^Path parameters cannot have a default value"):
        params.Path(1)
    with pytest.raises(DeclarationError, match=r"instead: Path\(\) without None"):
        param_functions.Path(default=None)


def test_default_and_factory_exclude_each_other():
    """Pydantic's own rule holds for markers."""
    with pytest.raises(TypeError, match="both default and default_factory"):
        params.Query(1, default_factory=int)


def test_misspelt_option_is_refused(function):
    """The error names the marker and the option that was probably meant."""
    with pytest.raises(TypeError) as caught:
        function(max_lenght=3)

    assert caught.value.args == (
        f"{function.__name__}() got an unexpected keyword argument 'max_lenght'; did you mean 'max_length'?",
    )
    assert caught.value.instead == "function(max_length=3)"


@pytest.mark.parametrize("name", ["Form", "File"])
def test_only_body_can_be_embedded(name):
    """Forms are always flat, so `embed` is none of their options, yet code may read the attribute."""
    with pytest.raises(TypeError, match="embed"):
        getattr(param_functions, name)(embed=True)
    assert getattr(params, name)().embed is None


def test_constraints_become_field_metadata():
    """Constraints mean what they mean in a model."""
    marker = params.Query(gt=1, ge=2, lt=3, le=4, multiple_of=5, min_length=6, max_length=7)

    assert marker.metadata == [Gt(1), Ge(2), Lt(3), Le(4), MultipleOf(5), MinLen(6), MaxLen(7)]


@pytest.mark.parametrize(
    ("options", "valid", "invalid"),
    [
        ({"pattern": "^a+$"}, "aa", "b"),
        ({"max_digits": 2}, 12, 123),
        ({"decimal_places": 1}, "1.5", "1.55"),
        ({"allow_inf_nan": False}, 1.0, float("nan")),
        ({"strict": True}, 1, "1"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_constraints_are_enforced(options, valid, invalid):
    """Pydantic validates with the marker as the annotation's metadata."""
    from decimal import Decimal

    type_ = {"pattern": str, "allow_inf_nan": float, "strict": int}.get(next(iter(options)), Decimal)
    adapter = TypeAdapter(Annotated[type_, params.Query(**options)])

    adapter.validate_python(valid)
    with pytest.raises(ValueError, match="1 validation error"):
        adapter.validate_python(invalid)


@pytest.mark.parametrize(
    "option", ["title", "description", "deprecated", "discriminator", "validate_default", "alias_priority"]
)
def test_options_that_were_not_given_are_not_set(option):
    """Pydantic can tell an option that was left out from one that is None."""
    assert option not in params.Query()._attributes_set
    assert option in params.Query(**{option: None})._attributes_set


def test_placeholder_counts_as_not_given():
    """Wrappers may pass on the default they see in the signature."""
    default = inspect.signature(params.Query).parameters["alias"].default

    assert "alias" not in params.Query(alias=default)._attributes_set


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"alias": "a"}, ("a", "a", "a")),
        ({"alias": "a", "validation_alias": "v"}, ("a", "v", "a")),
        ({"alias": "a", "serialization_alias": "s"}, ("a", "a", "s")),
        ({"validation_alias": "v"}, (None, "v", None)),
        ({"serialization_alias": "s"}, (None, None, "s")),
        ({"alias": "a", "validation_alias": None, "serialization_alias": None}, ("a", "a", "a")),
        ({"alias": None}, (None, None, None)),
        ({"validation_alias": AliasChoices("a", "b")}, (None, AliasChoices("a", "b"), None)),
    ],
    ids=repr,
)
def test_alias_stands_in_for_the_others(options, expected):
    """An alias holds for input and output unless one of them has its own."""
    marker = params.Query(**options)

    assert (marker.alias, marker.validation_alias, marker.serialization_alias) == expected


def test_schema_options_reach_the_json_schema():
    """What is said about a parameter ends up in the schema of its field."""

    class Model(BaseModel):
        a: Annotated[
            int, params.Query(title="T", description="D", examples=[1], json_schema_extra={"x-a": 1})
        ]

    assert Model.model_json_schema()["properties"]["a"] == {
        "title": "T", "description": "D", "examples": [1], "x-a": 1, "type": "integer",
    }  # fmt: skip


def test_options_of_openapi_are_kept_as_attributes():
    """What concerns the OpenAPI document only is no business of Pydantic's."""
    marker = params.Query(openapi_examples={"a": {"value": 1}}, include_in_schema=False)

    assert marker.openapi_examples == {"a": {"value": 1}}
    assert marker.include_in_schema is False


def test_header_converts_underscores_unless_told_otherwise():
    """Header names have hyphens where Python's have underscores."""
    assert params.Header().convert_underscores is True
    assert param_functions.Header(convert_underscores=False).convert_underscores is False


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("Body", "application/json"),
        ("Form", "application/x-www-form-urlencoded"),
        ("File", "multipart/form-data"),
    ],
)
def test_bodies_have_a_media_type(name, media_type):
    """Each kind of body has its usual media type, and any other on request."""
    function = getattr(param_functions, name)

    assert function().media_type == media_type
    assert function(media_type="x/y").media_type == "x/y"


def test_body_is_embedded_on_request():
    """Left out, it depends on the other parameters whether a body is embedded."""
    assert param_functions.Body().embed is None
    assert param_functions.Body(embed=True).embed is True


@pytest.mark.parametrize(
    ("name", "part"), [("Path", "path"), ("Query", "query"), ("Header", "header"), ("Cookie", "cookie")]
)
def test_parameters_know_their_part_of_the_request(name, part):
    """`in_` is a member of ParamTypes on the class and on its instances."""
    class_ = getattr(params, name)

    assert class_.in_ is class_().in_ is params.ParamTypes[part]


def test_kinds_of_markers():
    """Parameters and bodies are apart; a form is a body and a file is a form."""
    assert issubclass(params.Query, params.Param)
    assert not issubclass(params.Body, params.Param)
    assert issubclass(params.Form, params.Body)
    assert issubclass(params.File, params.Form)


def test_copies_keep_everything():
    """Pydantic copies fields; the markers' own attributes come along."""
    marker = params.Header("d", alias="a", convert_underscores=False, include_in_schema=False, gt=1)

    twin = copy.copy(marker)

    assert (twin.default, twin.alias, twin.metadata) == ("d", "a", [Gt(1)])
    assert (twin.convert_underscores, twin.include_in_schema) == (False, False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"example": 1}, "`example` has been deprecated, please use `examples` instead"),
        ({"regex": "a"}, "`regex` has been deprecated, please use `pattern` instead"),
    ],
    ids=["example", "regex"],
)
def test_former_options_warn_at_the_line_that_uses_them(function, options, message):
    """The warning points at the declaration, not into the framework."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function(**options)

    assert [(str(each.message), each.filename) for each in caught] == [(message, __file__)]
    assert caught[0].category is StraightwayDeprecationWarning


def assert_same_metadata(first, second):
    """Compare what is shown, as Pydantic's metadata objects are equal only to themselves."""
    assert repr(first.metadata) == repr(second.metadata)


def test_former_options_still_work():
    """`regex` is a pattern, unless one is given; `example` is kept beside the field."""
    with pytest.warns(StraightwayDeprecationWarning):
        assert_same_metadata(params.Query(regex="a"), params.Query(pattern="a"))
    with pytest.warns(StraightwayDeprecationWarning):
        assert_same_metadata(params.Query(regex="a", pattern="b"), params.Query(pattern="b"))
    with pytest.warns(StraightwayDeprecationWarning):
        assert params.Query(example=1).example == 1


def test_signatures_show_all_options(class_):
    """Editors and `help()` show each option by name, on the class and on the function."""
    of_class = list(inspect.signature(class_).parameters)
    of_function = list(inspect.signature(getattr(param_functions, class_.__name__)).parameters)

    assert of_class[:2] == ["default", "annotation"]
    assert set(params.MarkerOptions.__annotations__) < set(of_class)
    assert [name for name in of_class if name != "annotation"] == of_function
