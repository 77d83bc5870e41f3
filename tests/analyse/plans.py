"""Endpoints to the steps of their plans, as a route has them made."""

from straightway.analyse.bodies import should_embed_body_fields
from straightway.analyse.dependant import body_params_of
from straightway.analyse.endpoint import body_of
from straightway.analyse.graph import endpoint_dependant
from straightway.analyse.steps import steps_of
from straightway.plan import Call


def analysed(endpoint, *dependencies, path="/", overrides=None, websocket=False):
    """Return the steps of an endpoint and the order of its reports, as a route has them."""
    dependant = endpoint_dependant(path, endpoint, dependencies)
    fields = body_params_of(dependant)
    body = (
        body_of(is_form=False, strict_content_type=True, form_limits=None)
        if fields and not websocket
        else None
    )
    return steps_of(
        dependant,
        embed=should_embed_body_fields(fields),
        body=body,
        overrides=overrides,
        websocket=websocket,
    )


def calls_of(endpoint, *dependencies, **options):
    """Return the callables in running order."""
    steps, _ = analysed(endpoint, *dependencies, **options)
    return [step.call for step in steps if isinstance(step, Call)]


def call_of(call, steps):
    """Return the one step that calls `call`."""
    (found,) = [step for step in steps if isinstance(step, Call) and step.call is call]
    return found
