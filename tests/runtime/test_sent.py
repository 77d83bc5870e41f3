from io import BytesIO

import pytest
from starlette.datastructures import FormData, Headers, QueryParams, UploadFile

from straightway.plan import Member
from straightway.runtime.sent import ABSENT, Sent, as_model_input, is_blank, sent_in, sources
from tests.runtime.scopes import scope_of

NO_FILE = UploadFile(BytesIO(), filename="", size=0)
EMPTY_FILE = UploadFile(BytesIO(), filename="empty.txt", size=0)


def found(sent, key, *, many=False, form=False):
    """Return what counts of a key."""
    return sent.find(key, many=many, form=form)


def test_last_value_counts():
    """Of a repeated key the last value counts, or all of them in order."""
    sent = sent_in(QueryParams("a=1&b=x&a=2"))

    assert found(sent, "a") == "2"
    assert found(sent, "a", many=True) == ["1", "2"]


def test_first_header_counts():
    """Of a repeated header the first value counts, or all of them in order, whatever case the name has."""
    sent = sent_in(Headers(raw=[(b"x-a", b"1"), (b"x-a", b"2")]))

    assert found(sent, "X-A") == "1"
    assert found(sent, "X-A", many=True) == ["1", "2"]
    assert "X-a" in sent


def test_query_keys_have_a_case():
    """Only header names are the same in any case."""
    assert found(sent_in(QueryParams("a=1")), "A") is ABSENT


def test_cookie_is_one_value_even_for_a_list():
    """A plain mapping has one value for a key: a list of cookies gets a text, and fails."""
    sent = sent_in({"c": "v"})

    assert found(sent, "c", many=True) == "v"


@pytest.mark.parametrize("many", [False, True])
def test_absent_key(many):
    """A key that was not sent is absent, which is not the same as None or an empty text."""
    assert found(sent_in(QueryParams("")), "a", many=many) is ABSENT


def test_blank_counts_in_a_query_and_not_in_a_form():
    """`?a=` sends an empty text; an empty form field was left empty."""
    sent = Sent([("a", "")])

    assert found(sent, "a") == ""
    assert found(sent, "a", form=True) is ABSENT
    assert found(sent, "a", form=True, many=True) == [""]


def test_last_form_value_decides_whether_it_was_left_empty():
    """The last value counts, also when it is blank."""
    assert found(Sent([("a", "1"), ("a", "")]), "a", form=True) is ABSENT


def test_file_input_without_a_file_is_absent():
    """Browsers send a nameless part of no bytes for it; in a list it is left out."""
    assert found(Sent([("f", NO_FILE)]), "f", form=True) is ABSENT
    assert found(Sent([("f", NO_FILE)]), "f", form=True, many=True) is ABSENT
    assert found(Sent([("f", NO_FILE), ("f", EMPTY_FILE)]), "f", form=True, many=True) == [EMPTY_FILE]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", True), (" ", False), ("0", False), (None, False), (NO_FILE, True), (EMPTY_FILE, False)],
    ids=["empty", "space", "zero", "none", "no-file", "empty-file"],
)
def test_blank_values(value, expected):
    """Blank is the empty text and the file that was not chosen, not a file that is empty."""
    assert is_blank(value) is expected


def test_whole_value_is_a_list_only_where_a_key_is_repeated():
    """Keys that no field claims are passed to a model as they were sent."""
    sent = sent_in(FormData([("a", "1"), ("a", "2"), ("b", "3")]))

    assert {key: sent.whole(key) for key in sent} == {"a": ["1", "2"], "b": "3"}


def test_every_location_of_a_connection():
    """Path, query, header and cookie values are told apart; cookies are also the header they came in."""
    scope = scope_of(b"k=query&k=%C3%A9", [(b"K", b"header"), (b"cookie", b"k=cookie")], {"k": "path"})

    values = {location: found(sent, "k") for location, sent in sources(scope).items()}

    assert values == {"path": "path", "query": "é", "header": "header", "cookie": "cookie"}
    assert found(sources(scope)["header"], "Cookie") == "k=cookie"


def test_connection_without_path_parameters():
    """An ASGI application that no route chose has no path values."""
    scope = scope_of()
    del scope["path_params"]

    assert found(sources(scope)["path"], "k") is ABSENT


def test_form_as_one_model_of_a_union_sees_it():
    """A field takes one value or a list as the model says; blanks and unknown keys are treated as in any form."""
    members = [Member(("one",), ("one",), many=False), Member(("m", "many"), ("m", "many"), many=True)]

    seen = as_model_input(members, {"one": ["1", "2"], "many": "3", "other": ["4", "5"]})

    assert seen == {"one": "2", "many": ["3"], "other": ["4", "5"]}
    assert as_model_input(members, {"one": "", "many": NO_FILE}) == {}
    assert as_model_input(members, {"one": "1", "m": [], "many": None}) == {"one": "1", "m": []} | {
        "many": None
    }


def test_what_is_no_form_is_left_alone():
    """A model that was built in Python passes a union unharmed."""
    assert as_model_input([], [1]) == [1]
