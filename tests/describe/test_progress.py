"""How far a request came is read off the lines of compiled functions: what the compiler writes has to be understood."""

import pytest

from straightway.compile.handler import write
from straightway.compile.traced import write_traced
from straightway.describe.progress import stage_of
from straightway.routing import APIRoute
from tests.compile.endpoints import app

ROUTES = [route for route in app.routes if isinstance(route, APIRoute)]


@pytest.mark.parametrize("written", [write, write_traced])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.endpoint.__name__)
def test_every_step_is_recognised_by_its_line(route, written):
    """Each step of a plan has a line that is known as its own, and no line is known as one that there is not."""
    plan = route.plan_for()
    source, _ = written(plan, "asgi")

    stages = [stage_of(line, plan) for line in str(source).splitlines()]

    assert {step for where, step in stages if where == "step"} == {step.number for step in plan.steps}


@pytest.mark.parametrize(
    "line",
    [
        "content = to_json(v2, **options)",
        "    raise response_error(error, v2, context, scope) from error",
        "v2 = check_response(v2, from_attributes=True)",
        "await send_reply(reply, scope, receive, send)",
        'await send({"type": "http.response.body", "body": content})',
    ],
)
def test_the_making_of_the_answer_is_recognised(line):
    """It is no step."""
    assert stage_of(line, ROUTES[0].plan_for()) == ("answer", None)
