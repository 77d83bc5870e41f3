import re
from dataclasses import FrozenInstanceError, fields, is_dataclass
from inspect import cleandoc, isclass
from typing import Annotated

import pytest
from pydantic import BaseModel

from straightway import Depends, Header, plan
from straightway.plan import Body, Call, Plan, Read, ReadBody
from straightway.routing import APIRoute

CLASSES = [each for each in vars(plan).values() if isclass(each) and each.__module__ == plan.__name__]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda each: each.__name__)
def test_everything_in_a_plan_is_frozen_data(kind):
    """A plan is read by several stages: none can change what another sees, nor hang anything on it."""
    assert is_dataclass(kind)
    assert kind.__dataclass_params__.frozen
    assert "__slots__" in vars(kind)


def test_plan_cannot_be_changed():
    """Nor can the steps in it."""
    made = APIRoute("/", lambda q=1: q).plan_for()

    with pytest.raises(FrozenInstanceError):
        made.label = "changed"
    with pytest.raises(FrozenInstanceError):
        made.steps[0].number = 7
    assert isinstance(made.steps, tuple)
    assert isinstance(made.report, tuple)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda each: each.__name__)
def test_plans_have_no_behaviour(kind):
    """Methods belong to the stages that read plans; a plan says only where an error is reported."""
    methods = {name for name, value in vars(kind).items() if callable(value) and not name.startswith("__")}

    assert methods == set()
    assert kind.__doc__
    assert fields(kind)


class Item(BaseModel):
    """What the endpoint of the example returns."""

    name: str


def get_db(token: Annotated[str, Header(alias="x-token")]):
    """Open what the example's endpoint needs."""
    yield token


def read_item(item_id: int, db: Annotated[str, Depends(get_db)], limit: int = 10) -> Item:
    """Be the example's endpoint."""
    return Item(name=f"{db} {item_id} {limit}")


def worded(made: Plan) -> list[str]:
    """Describe a plan in the words of the module's docstring."""
    steps = {step.number: step for step in made.steps}
    lines = [f"{step.number}  {worded_step(step, steps)}" for step in made.steps]
    return [
        made.label,
        *lines,
        f"  =  {made.answer.field.type_.__name__} as JSON, {made.answer.status_code or 200}",
    ]


def worded_step(step, steps):
    """Describe one step."""
    match step:
        case Read(lookups=lookups):
            places = {"header": "headers"}
            return "Read   " + ", ".join(
                f'{places.get(each.location, each.location)}["{each.keys[0]}"]' for each in lookups
            )
        case Call(call=call, takes=takes, reads=reads, kind=kind, lifetime=lifetime):
            arguments = [*takes, *((each.field.name, slot) for slot in reads for each in steps[slot].lookups)]
            passed = ", ".join(f"{name}={slot}" for name, slot in arguments)
            closes = ", closes after the response" if lifetime == "request" else ""
            return f"Call   {call.__name__}({passed})   {kind.replace('generator', 'thread')}{closes}"
        case Body() | ReadBody():
            raise AssertionError("the example reads no body")


def test_example_is_what_analysis_gives():
    """The module's docstring, which is what one reads first, is true."""
    documented = cleandoc(plan.__doc__)
    example = documented[documented.index("GET /items") :].splitlines()

    made = APIRoute("/items/{item_id}", read_item).plan_for()

    assert [re.sub(r"\s+", " ", line).strip() for line in worded(made)] == [
        re.sub(r"\s+", " ", line).strip() for line in example
    ]
