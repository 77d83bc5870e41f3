import warnings

import pytest

from straightway import errors
from straightway.errors import (
    DeclarationError,
    HTTPException,
    MissingDependencyError,
    Place,
    RequestValidationError,
    ResponseValidationError,
    StraightwayDeprecationWarning,
    StraightwayError,
    ValidationException,
    WebSocketException,
    WebSocketRequestValidationError,
    warn_deprecated,
)
from straightway.exceptions import RequestErrorModel, WebSocketErrorModel


def test_declaration_error_says_only_its_message_when_nothing_else_is_known():
    """Without place and remedy the text is exactly the message."""
    assert str(DeclarationError("`p` is declared twice")) == "`p` is declared twice"


def test_declaration_error_adds_place_and_remedy_on_lines_of_their_own():
    """The text begins with the message, so that patterns made for FastAPI's messages match it."""
    place = Place(function="read_item", file="app/items.py", line=12, path="GET /items/{item_id}")

    error = DeclarationError("`p` is declared twice", at=place, instead="remove one of the two")

    assert str(error) == (
        "`p` is declared twice\n"
        "  declared at app/items.py:12 in read_item() for GET /items/{item_id}\n"
        "  instead: remove one of the two"
    )
    assert error.args == ("`p` is declared twice",)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place(), "declared at an unknown place"),
        (Place(file="app.py"), "declared at app.py"),
        (Place(function="f"), "declared in f()"),
        (Place(path="GET /"), "declared for GET /"),
    ],
    ids=["nothing", "file", "function", "path"],
)
def test_declaration_error_words_what_is_known_of_a_place(place, words):
    """Parts of a place that are not known are left out."""
    assert str(DeclarationError("wrong", at=place)) == f"wrong\n  {words}"


@pytest.mark.parametrize("class_", [StraightwayError, AssertionError, RuntimeError])
def test_declaration_error_can_be_caught_as(class_):
    """Code written for FastAPI catches AssertionError, code written for Straightway its own base class."""
    with pytest.raises(class_, match="wrong"):
        raise DeclarationError("wrong")


def test_declaration_error_is_no_value_error():
    """A mistake in the application is never taken for a value that a request got wrong."""
    assert not issubclass(DeclarationError, ValueError)


def test_missing_dependency_names_the_command_that_installs_it():
    """The text ends with a command that can be pasted."""
    error = MissingDependencyError("Jinja2Templates requires the package jinja2")

    assert str(error) == (
        'Jinja2Templates requires the package jinja2\nInstall it with: pip install "straightway[standard]"'
    )
    assert isinstance(error, ImportError)
    assert isinstance(error, RuntimeError)


def test_http_exception_takes_any_detail():
    """The detail need not be text, and is the phrase of the status when left out."""
    assert HTTPException(400, {"any": 1}, headers={"X-A": "1"}).detail == {"any": 1}
    assert HTTPException(400, headers={"X-A": "1"}).headers == {"X-A": "1"}
    assert HTTPException(404).detail == "Not Found"


def test_websocket_exception_has_an_empty_reason_by_default():
    """A close frame without a reason has an empty one."""
    exception = WebSocketException(code=1008)

    assert (exception.code, exception.reason) == (1008, "")


@pytest.mark.parametrize(
    ("context", "text"),
    [
        (None, "2 validation errors:\n  {'a': 1}\n  {'b': 2}"),
        (
            {"function": "f", "file": "x.py", "line": 3, "path": "GET /x"},
            "2 validation errors:\n  {'a': 1}\n  {'b': 2}\n\n  File \"x.py\", line 3, in f\n    GET /x",
        ),
        (
            {"function": "f", "file": "x.py", "line": 3},
            "2 validation errors:\n  {'a': 1}\n  {'b': 2}\n\n  File \"x.py\", line 3, in f",
        ),
        ({"path": "GET /x"}, "2 validation errors:\n  {'a': 1}\n  {'b': 2}\n\n  Endpoint: GET /x"),
    ],
    ids=["no context", "whole context", "no path", "path only"],
)
def test_validation_exception_lists_errors_and_endpoint(context, text):
    """The text has one line per error and names the endpoint as a traceback would."""
    assert str(ValidationException([{"a": 1}, {"b": 2}], endpoint_ctx=context)) == text


def test_validation_exception_counts_in_english():
    """One error is an error, none are errors."""
    assert str(ValidationException([{"a": 1}])) == "1 validation error:\n  {'a': 1}"
    assert str(ValidationException([])) == "0 validation errors:"


def test_validation_exception_gives_its_context_as_attributes():
    """Handlers read the endpoint from attributes, which are None where nothing is known."""
    exception = RequestValidationError(
        [{"a": 1}], body=b"x", endpoint_ctx={"function": "f", "file": "x.py", "line": 3, "path": "GET /x"}
    )

    assert exception.errors() == [{"a": 1}]
    assert exception.body == b"x"
    assert exception.endpoint_function == "f"
    assert exception.endpoint_file == "x.py"
    assert exception.endpoint_line == 3
    assert exception.endpoint_path == "GET /x"
    assert ValidationException([]).endpoint_ctx is None
    assert ValidationException([]).endpoint_line is None


def test_validation_exceptions_share_a_base():
    """One handler can be registered for all of them."""
    assert issubclass(RequestValidationError, ValidationException)
    assert issubclass(ResponseValidationError, ValidationException)
    assert issubclass(WebSocketRequestValidationError, ValidationException)
    assert ResponseValidationError([], body=1).body == 1


def test_error_models_are_named_like_what_they_stand_for():
    """The models are read for their names, in titles of validation errors."""
    assert RequestErrorModel.__name__ == "Request"
    assert WebSocketErrorModel.__name__ == "WebSocket"


def test_deprecations_point_at_the_line_of_the_user():
    """The warning is located outside the package, however deep inside it was raised."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_deprecated("use the other one")

    assert caught[0].filename == __file__
    assert caught[0].category is StraightwayDeprecationWarning


def test_every_exception_is_public():
    """`__all__` is complete."""
    defined = {
        name
        for name, value in vars(errors).items()
        if getattr(value, "__module__", None) == errors.__name__ and not name.startswith("_")
    }

    assert set(errors.__all__) == defined
