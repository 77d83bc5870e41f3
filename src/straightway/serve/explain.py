"""What an application does with one request, told without doing it: `explain` is the only door.

Nothing runs but `matches` of routes that decide for themselves: no lifespan, no middleware, no dependency, no endpoint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.routing import Host, Mount, Router, WebSocketRoute
from starlette.types import Scope

from straightway.analyse.callables import kind_of
from straightway.analyse.shortcuts import answers_rsgi
from straightway.compile.handler import write
from straightway.describe.explain import endpoint_of
from straightway.describe.explained import Explanation
from straightway.describe.explanation import Account, Endpoint, Limit, Outcome
from straightway.describe.origins import origin_of
from straightway.describe.problems import problems_of
from straightway.describe.requirements import requirements_of
from straightway.describe.route_view import is_endpoint
from straightway.plan import Lookup, Plan
from straightway.problems.problem import Problem
from straightway.serve.candidates import Weighed, methods_of, path_of, route_origin, router_of, weigh
from straightway.serve.frontend import Frontend, match
from straightway.serve.layers import catches_of, layers_of
from straightway.serve.planned import overrides_of
from straightway.serve.redirects import slash_redirect
from straightway.serve.routes import APIRoute
from straightway.serve.table import Table, Tables
from straightway.serve.websocket_routes import APIWebSocketRoute

SourceOf = Literal["asgi", "rsgi"]

_WEBSOCKET = frozenset({"WS", "WSS", "WEBSOCKET"})


def explain(app: Any, request: str, *, source: SourceOf | None = None) -> Explanation:
    """Tell what `app` does with a request such as `POST /orders/5?dry=1`, or `WS /chat`; GET is left out at will.

    `source` asks for the text of the compiled function too. Raises ValueError for what is no request.
    """
    scope = scope_of(request)
    account = _account(app, scope, request, source)
    return Explanation(**{name: getattr(account, name) for name in Account.__dataclass_fields__})


def explain_route(app: Any, route: Any, *, source: SourceOf | None = None) -> Explanation:
    """Tell what a route of `app`, a `Straightway` or a router, does with every request that it is taken for."""
    kind = "websocket" if isinstance(route, WebSocketRoute) else "http"
    scope: Scope = {"type": kind, "path": "", "query_string": b"", "root_path": "", "headers": []}
    router: Any = router_of(app)
    account = Account(
        request="",
        outcome="not found",
        summary="",
        candidates=(),
        others=0,
        middleware=() if app is router else layers_of(app, kind),
    )
    if isinstance(route, Mount | Host):  # what is below depends on the rest of the path
        account = replace(account, outcome="mount", summary=_mount_summary(route))
    else:
        account = _taken(_Case(app, router, scope, "", source), account, Weighed(taken=route))
    account = account if app is router else replace(account, catches=catches_of(app, account, kind))
    return Explanation(**{name: getattr(account, name) for name in Account.__dataclass_fields__})


def scope_of(request: str) -> Scope:
    """Return the ASGI scope of a request that is written as method and path; raise ValueError for anything else."""
    method, _, target = request.strip().rpartition(" ")
    method = method.strip().upper() or "GET"
    address = urlsplit(target)
    if not address.path.startswith("/") or not method.isalpha():
        written = "/".join(["", *filter(None, target.split("/"))])
        raise ValueError(
            f"{request!r} is no request: write a method and a path that starts with a slash, as in {f'{method} {written}'!r}"
            if method.isalpha()
            else f"{request!r} is no request: write a method and a path, as in 'GET /items/3'"
        )
    scope: Scope = {
        "type": "websocket" if method in _WEBSOCKET else "http",
        "path": unquote(address.path),
        "raw_path": address.path.encode(),
        "query_string": address.query.encode(),
        "root_path": "",
        "scheme": address.scheme or "http",
        "headers": [],
        "path_params": {},
    }
    if scope["type"] == "http":
        scope["method"] = method
    MutableHeaders(scope=scope)["host"] = address.netloc or "localhost"
    return scope


@dataclass(frozen=True, slots=True)
class _Case:
    """What is explained: an application, the router in it, and the request."""

    app: Any
    router: Any
    scope: Scope
    request: str
    source: SourceOf | None


def _account(app: Any, scope: Scope, request: str, source: SourceOf | None) -> Account:
    router: Any = router_of(app)
    root_path = getattr(app, "root_path", "") or scope["root_path"]
    scope = {**scope, "app": app, "root_path": root_path}
    case = _Case(app, router, scope, request, source)
    table = _table(router, scope["type"])
    weighed = weigh(table, router.routes, scope)
    account = Account(
        request=request,
        outcome="not found",
        summary="",
        candidates=tuple(weighed.candidates),
        others=len(router.routes) - len(weighed.candidates),
        middleware=() if app is router else layers_of(app, scope["type"]),
    )
    account = (
        _taken(case, account, weighed) if weighed.taken is not None else _none(case, account, weighed, table)
    )
    if app is router:
        return account
    return replace(account, catches=catches_of(app, account, scope["type"]))


def _table(router: Any, kind: str) -> Table:
    tables: Tables | None = getattr(router, "tables", None)
    if tables is None:  # a router of Starlette's
        return Table(router.routes, kind, otherwise=lambda _table, _scope: router.default)
    return tables[kind]


def _none(case: _Case, account: Account, weighed: Weighed, table: Table) -> Account:
    """Tell what happens where no route answers: 405, a redirect, a frontend, or 404."""
    if weighed.allowed:
        allowed = ", ".join(dict.fromkeys(weighed.allowed))
        return replace(
            account, outcome="method not allowed", summary=f"405 Method Not Allowed, with Allow: {allowed}"
        )
    if case.scope["type"] == "websocket":
        return replace(account, summary="the handshake is refused with 403: no WebSocket route has this path")
    redirect = slash_redirect(case.scope, table) if case.router.redirect_slashes else None
    if redirect is not None:
        address = urlsplit(getattr(redirect, "headers", {})["location"])
        target = f"{address.path}?{address.query}" if address.query else address.path
        summary = f"307 Temporary Redirect to {target}, which a route has"
        return replace(account, outcome="redirect", summary=summary)
    frontends = case.router.all_frontends() if hasattr(case.router, "all_frontends") else []
    found = match(frontends, case.scope)
    if found is not None:
        return replace(account, outcome="frontend", summary=_frontend_summary(found[0], case.scope["method"]))
    if getattr(case.router.default, "__func__", None) is not Router.not_found:
        return replace(
            account, summary=f"no route has this path: {origin_of(case.router.default).name} answers"
        )
    return replace(account, summary="404 Not Found: no route has this path")


def _frontend_summary(frontend: Frontend, method: str) -> str:
    below = frontend.path or "/"
    if method not in {"GET", "HEAD"}:
        return f"the frontend at {below} answers GET and HEAD only: 405 for a file that exists, or else 404"
    fallback = {None: "or 404", "auto": "or else its 404.html or index.html, or 404"}.get(
        frontend.fallback, f"or else {frontend.fallback}"
    )
    guarded = "its dependencies run, then " if frontend.dependencies else ""
    return f"{guarded}the file below {frontend.directory} that the frontend at {below} has for it, {fallback}"


def _taken(case: _Case, account: Account, weighed: Weighed) -> Account:
    route: Any = weighed.taken
    if isinstance(route, APIRoute | APIWebSocketRoute):
        return _planned(case, account, route, weighed.parameters)
    if isinstance(route, Mount | Host):
        return _mounted(case, account, route, weighed.child_scope)
    if isinstance(getattr(route, "endpoint", None), type) or not hasattr(route, "endpoint"):
        where = f"{route_origin(route).name}, a class of its own"
    else:
        where = "on the loop" if kind_of(route.endpoint) == "loop" else "in a thread"
    summary = f"{' '.join([*methods_of(route)[:1], path_of(route)])} is a plain Starlette route: nothing is injected or validated"
    return replace(account, outcome="starlette endpoint", summary=f"{summary}; it runs {where}")


def _mount_summary(route: Any) -> str:
    app: Any = vars(route).get("_base_app", route.app)
    return f"{path_of(route) or '/'} is a mount of {type(app).__name__}, which answers"


def _mounted(case: _Case, account: Account, route: Any, child_scope: Scope) -> Account:
    app: Any = vars(route).get("_base_app", route.app)
    summary = _mount_summary(route)
    if router_of(app) is None:
        return replace(account, outcome="mount", summary=summary)
    child = {**case.scope, **child_scope}
    mounted = _account(app, child, case.request, case.source)
    return replace(account, outcome="mount", summary=summary, mounted=mounted)


def _planned(
    case: _Case, account: Account, route: APIRoute | APIWebSocketRoute, parameters: Mapping[str, Any]
) -> Account:
    overrides = overrides_of(route)
    plan = route.plan_for(overrides)
    endpoint = endpoint_of(
        plan,
        route.dependant,
        sent=_sent_in(case.scope, parameters),
        overrides=overrides,
        problems=_problems(route),
    )
    outcome: Outcome = "endpoint" if isinstance(route, APIRoute) else "websocket"
    through = "" if _is_compiled(route) else f", through what {type(route).__name__} makes of its handler"
    return replace(
        account,
        outcome=outcome,
        summary=f"{endpoint.label} answers: {endpoint.origin.name}{through}",
        endpoint=endpoint,
        limits=tuple(_limits(case, route, plan, endpoint)),
        source=None if case.source is None else _source(case, route, plan),
    )


def _problems(route: object) -> Sequence[type[Problem]]:
    return problems_of(route, requirements_of(route.dependant)) if is_endpoint(route) else ()


def _is_compiled(route: APIRoute | APIWebSocketRoute) -> bool:
    return isinstance(route, APIWebSocketRoute) or route.is_compiled


def _sent_in(scope: Scope, parameters: Mapping[str, Any]) -> Any:
    query: dict[str, list[str]] = {}
    for key, value in parse_qsl(scope["query_string"].decode(), keep_blank_values=True):
        query.setdefault(key, []).append(value)

    def sent(lookup: Lookup) -> str | None:
        if lookup.group is not None or lookup.location not in {"path", "query"}:
            return None
        if lookup.location == "path":
            return repr(str(parameters[lookup.keys[0]])) if lookup.keys[0] in parameters else None
        values = next((query[key] for key in lookup.keys if key in query), None)
        if values is None:
            return None
        return ", ".join(map(repr, values)) if lookup.many else repr(values[-1])

    return sent


def _limits(case: _Case, route: APIRoute | APIWebSocketRoute, plan: Plan, endpoint: Endpoint) -> list[Limit]:
    found: list[Limit] = []
    own: int | None = getattr(route, "max_body_size", None)
    general: int | None = getattr(case.app, "max_body_size", None)
    if own is not None:
        found.append(Limit("size of the body", f"{own} bytes", "the route or its router"))
    elif general is not None and not plan.websocket:
        found.append(Limit("size of the body", f"{general} bytes", "the application"))
    elif any(step.kind == "body" for step in endpoint.steps):
        found.append(Limit("size of the body", "none", "set max_body_size on application, router or route"))
    for name, value in (getattr(route, "form_limits", None) or {}).items():
        found.append(Limit(f"form: {name}", str(value), "the route or its router"))
    found += [
        Limit(f"requests at once in step {step.number}", str(step.at_once), "max_concurrency")
        for step in endpoint.steps
        if step.kind == "call" and step.at_once is not None
    ]
    return found


def _source(case: _Case, route: APIRoute | APIWebSocketRoute, plan: Plan) -> str:
    """Return the text of what runs: for the transport that was asked for, or with a comment why it is another one."""
    if isinstance(route, APIWebSocketRoute):
        return str(write(plan, "websocket")[0])
    if not route.is_compiled:
        return str(write(plan, "request")[0])
    if case.source == "asgi":
        return str(write(plan, "asgi")[0])
    why_not = _why_not_rsgi(case, route, plan)
    if why_not is None:
        return str(write(plan, "rsgi")[0])
    return f"# Under RSGI this is answered through ASGI: {why_not}.\n{write(plan, 'asgi')[0]}"


def _why_not_rsgi(case: _Case, route: APIRoute, plan: Plan) -> str | None:
    if not answers_rsgi(plan):
        return "it asks for the request itself, or for a form"
    if case.app.user_middleware:
        return "there is middleware around it"
    if route.max_body_size is not None or case.app.max_body_size is not None:
        return "the size of its body is limited"
    return None
