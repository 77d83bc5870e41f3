from types import SimpleNamespace

import pytest

from straightway.datastructures import Default
from straightway.errors import StraightwayDeprecationWarning, StraightwayError
from straightway.utils import (
    deep_dict_update,
    generate_operation_id_for_path,
    generate_unique_id,
    get_path_param_names,
    get_value_or_default,
    is_body_allowed_for_status_code,
)


@pytest.mark.parametrize("status", [None, "default", "1XX", "2XX", "3XX", "4XX", "5XX", 200, "200", 404, 599])
def test_status_with_body(status):
    """Ranges and unknown statuses may have a body."""
    assert is_body_allowed_for_status_code(status)


@pytest.mark.parametrize("status", [100, 199, 204, "204", 205, 304])
def test_status_without_body(status):
    """Informational statuses, and those whose definition says so, have none."""
    assert not is_body_allowed_for_status_code(status)


def test_status_that_is_none():
    """A misspelt status is not guessed."""
    with pytest.raises(ValueError, match="2xx"):
        is_body_allowed_for_status_code("2xx")


def test_names_in_a_path():
    """Convertors are part of the name in a path that still has them."""
    assert get_path_param_names("/a/{b}/{c:path}/d") == {"b", "c:path"}
    assert get_path_param_names("/a") == set()


def test_first_value_that_was_given():
    """A default counts only when nothing else was given, and stays recognisable as one."""
    assert get_value_or_default(Default(1), 2, 3) == 2
    assert get_value_or_default(Default(1), Default(2), None) is None
    assert get_value_or_default(Default(1), Default(2)) == Default(1)


def test_deep_update():
    """Dicts are merged, lists joined, everything else is replaced, in place."""
    target = {"a": {"b": [1], "c": 1}, "d": [1], "e": 1, "f": {"g": 1}}

    deep_dict_update(target, {"a": {"b": [2], "c": 2}, "d": 3, "e": [4], "f": 5, "h": {"i": 6}})

    assert target == {"a": {"b": [1, 2], "c": 2}, "d": 3, "e": [4], "f": 5, "h": {"i": 6}}


def test_operation_id():
    """Name, path and method, with everything but letters and digits made an underscore."""
    route = SimpleNamespace(name="read_item", path_format="/a/{b}/c-d.é", methods={"GET"})

    assert generate_unique_id(route) == "read_item_a__b__c_d_é_get"


def test_operation_id_is_the_same_in_every_process():
    """Sets have no order, so the method is chosen by name."""
    route = SimpleNamespace(name="any", path_format="/", methods={"PUT", "DELETE", "POST"})

    assert generate_unique_id(route) == "any__delete"


def test_operation_id_needs_a_method():
    """A route that answers to nothing has no operation."""
    with pytest.raises(StraightwayError, match="'/a' has no methods"):
        generate_unique_id(SimpleNamespace(name="any", path_format="/a", methods=set()))


def test_former_operation_id_function_warns():
    """It still works for those who call it."""
    with pytest.warns(StraightwayDeprecationWarning, match="generate_unique_id"):
        assert generate_operation_id_for_path(name="n", path="/a/{b}", method="GET") == "n_a__b__get"
