import inspect
from functools import partial, wraps

import pytest

from straightway import Depends
from straightway.analyse.dependant import Dependant
from straightway.analyse.endpoint import body_of, place_of, plan_of
from straightway.analyse.graph import get_dependant
from straightway.errors import Place
from straightway.plan import Answer, Body
from tests.analyse.modules import module


def endpoint(q: int = 1):
    """Stand in this file."""


def test_place_is_where_the_function_was_written():
    """File and line lead there; the label says which route it is."""
    assert place_of(endpoint, "GET /") == Place(
        function="endpoint", file=__file__, line=inspect.getsourcelines(endpoint)[1], path="GET /"
    )


def test_place_is_that_of_the_function_inside():
    """A wrapper's or partial's own place would be a library's."""

    @wraps(endpoint)
    def wrapper(*args, **kwargs): ...

    for call in (wrapper, partial(endpoint), partial(wrapper)):
        place = place_of(call, "GET /")
        assert (place.file, place.line) == (__file__, inspect.getsourcelines(endpoint)[1])


@pytest.mark.parametrize("call", [len, module("def made(): ...").made], ids=["builtin", "without source"])
def test_place_without_source(call):
    """What has no source has a name, and no line."""
    assert place_of(call, "GET /") == Place(function=call.__name__, path="GET /")


def test_place_of_an_instance_is_named_after_its_class():
    """An instance has no name of its own."""

    class Call:
        def __call__(self): ...

    assert place_of(Call(), "GET /").function == "Call"


def test_plan_holds_what_is_known_of_an_endpoint():
    """Steps, reports, answer and place, under its label."""
    answer = Answer("value", status_code=201)

    plan = plan_of(get_dependant(path="/", call=endpoint), answer, label="GET /")

    assert plan.label == "GET /"
    assert plan.place == place_of(endpoint, "GET /")
    assert plan.answer is answer
    assert [step.number for step in plan.steps] == [0, 1]
    assert plan.report == (0,)
    assert plan.websocket is False


def test_plan_with_overrides_leaves_the_tree_as_it_is():
    """A plan with replaced dependencies is another plan."""

    def original(): ...

    def replacement(): ...

    def dependent(value=Depends(original)): ...

    dependant = get_dependant(path="/", call=dependent)

    plans = [
        plan_of(dependant, Answer("value"), label="GET /", overrides=each)
        for each in ({original: replacement}, None)
    ]

    assert [plan.steps[0].call for plan in plans] == [replacement, original]


def test_tree_without_a_callable_has_no_plan():
    """There would be nothing to call."""
    with pytest.raises(TypeError, match="a dependant without a callable cannot be run"):
        plan_of(Dependant(), Answer("value"), label="GET /")


@pytest.mark.parametrize(("is_form", "kind"), [(True, "form"), (False, "json")])
def test_how_a_body_is_read(is_form, kind):
    """The slot is given later, when it is known where the body is read."""
    body = body_of(is_form=is_form, strict_content_type=False, form_limits={"max_files": 1})

    assert body == Body(-1, kind, strict_content_type=False, form_limits={"max_files": 1})
