"""A dependency tree and an answer to a plan: the only door to a plan."""

from __future__ import annotations

from collections.abc import Mapping

from straightway.analyse.dependant import Dependant
from straightway.analyse.places import place_of
from straightway.analyse.steps import Overrides, steps_of
from straightway.plan import Answer, Body, Plan


def plan_of(
    dependant: Dependant,
    answer: Answer,
    *,
    label: str,
    body: Body | None = None,
    embed: bool = False,
    overrides: Overrides | None = None,
    websocket: bool = False,
) -> Plan:
    """Return the plan of one endpoint.

    `label` is method and path, for people; `overrides` maps dependencies to what replaces them.
    """
    if dependant.call is None:
        raise TypeError("a dependant without a callable cannot be run")
    steps, report = steps_of(dependant, embed=embed, body=body, overrides=overrides, websocket=websocket)
    return Plan(
        label=label,
        place=place_of(dependant.call, label),
        steps=steps,
        report=report,
        answer=answer,
        websocket=websocket,
    )


def body_of(*, is_form: bool, strict_content_type: bool, form_limits: Mapping[str, int] | None) -> Body:
    """Return how a request body is read; its slot is given when it is placed among the steps."""
    return Body(-1, "form" if is_form else "json", strict_content_type, dict(form_limits or {}))
