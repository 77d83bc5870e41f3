"""Dependencies solved for somebody else's endpoint: packages with routes of their own call this once for each request.

The tree is compiled as an endpoint's is, with a function in its place that collects the arguments. Compiled functions
are kept for the trees that were solved last; a tree that is changed after its first use is not looked at again.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import AsyncExitStack
from dataclasses import dataclass, fields
from typing import Any

from starlette.background import BackgroundTasks as StarletteBackgroundTasks
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from straightway.analyse.dependant import Dependant, body_params_of
from straightway.analyse.endpoint import body_of, plan_of
from straightway.analyse.steps import Overrides
from straightway.background import BackgroundTasks
from straightway.declare import params
from straightway.fields import ErrorItem, Undefined
from straightway.plan import Answer, Plan
from straightway.runtime.answering import injected_response
from straightway.runtime.lifetimes import stacks
from straightway.serve.planned import compiled

_KEPT = 256
_trees: OrderedDict[tuple[int, bool, bool], _Collecting] = OrderedDict()


@dataclass
class SolvedDependency:
    """The arguments of an endpoint by name, what did not validate, and what dependencies left for the response."""

    values: dict[str, Any]
    errors: list[ErrorItem]
    background_tasks: StarletteBackgroundTasks | None
    response: Response
    dependency_cache: dict[Any, Any]


async def solve_dependencies(
    *,
    request: Request | WebSocket,
    dependant: Dependant,
    body: Any = Undefined,
    background_tasks: StarletteBackgroundTasks | None = None,
    response: Response | None = None,
    dependency_overrides_provider: Any = None,
    dependency_cache: dict[Any, Any] | None = None,
    async_exit_stack: AsyncExitStack,
    embed_body_fields: bool,
) -> SolvedDependency:
    """Run the dependencies of `dependant` and return the arguments of its callable, which is not called.

    `body` is parsed already. `request.scope` must have the stacks that `request_response` opens, which close
    dependencies that yield; else an AssertionError is raised. `async_exit_stack` is not needed, and what is shared
    within one tree is not shared with others: `dependency_cache` is returned as it was given.
    """
    del async_exit_stack
    stacks(request.scope)
    overrides = getattr(dependency_overrides_provider, "dependency_overrides", None) or None
    solver = _solver(dependant, overrides, embed=embed_body_fields, websocket=isinstance(request, WebSocket))
    tasks = background_tasks if background_tasks is not None else BackgroundTasks()
    answer = response if response is not None else injected_response()
    values, errors = await solver(request, body, answer, tasks)
    used = tasks if background_tasks is not None or tasks.tasks else None
    return SolvedDependency(
        values, errors, used, answer, dependency_cache if dependency_cache is not None else {}
    )


@dataclass(eq=False)
class _Collecting:
    """A dependency tree with a function in the place of its callable that hands the arguments back."""

    tree: Dependant
    original: Dependant
    """Kept, so that no other object can take over its id."""
    embed: bool
    websocket: bool
    dependency_overrides_provider: Any = None

    def plan_for(self, overrides: Overrides | None = None) -> Plan:
        is_form = any(isinstance(each.field_info, params.Form) for each in body_params_of(self.tree))
        return plan_of(
            self.tree,
            Answer("value"),
            label=f"solving {self.tree.path or '/'}",
            body=body_of(is_form=is_form, strict_content_type=True, form_limits=None),
            embed=self.embed,
            overrides=overrides,
            websocket=self.websocket,
        )


def _solver(dependant: Dependant, overrides: Overrides | None, *, embed: bool, websocket: bool) -> Any:
    key = (id(dependant), embed, websocket)
    known = _trees.get(key)
    if known is None:
        if len(_trees) >= _KEPT:
            _trees.popitem(last=False)
        known = _trees[key] = _Collecting(_collecting(dependant), dependant, embed, websocket)
    else:
        _trees.move_to_end(key)
    return compiled(known, "values", overrides)


def _collecting(dependant: Dependant) -> Dependant:
    """Return a copy whose callable collects; of a subclass, what this class knows."""
    values: dict[str, Any] = {each.name: getattr(dependant, each.name) for each in fields(Dependant)}
    values["call"] = _collect
    return Dependant(**values)


async def _collect(**values: Any) -> dict[str, Any]:
    return values
