"""Which address of the development page answers what: HTML for people, JSON of the same for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from straightway.check.rules.table import RULES, rule_of
from straightway.describe.explained import Explanation
from straightway.describe.markup import Markup
from straightway.describe.user_code import shown_file
from straightway.development.events import Announcements
from straightway.development.guard import Guard, refusal
from straightway.development.inspection import BASE, Checked, Inspection
from straightway.development.pages.explanation import explain_page, route_page, routes_page
from straightway.development.pages.faults import check_page, rule_page
from straightway.development.pages.layout import Frame
from straightway.development.pages.request import request_page
from straightway.development.pages.requests import requests_page
from straightway.development.recorder import Recorder
from straightway.serve.table import route_path

_HEADERS = {
    # Nothing but the style and the script of this page, from this server; no frame around it.
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    # Not "no-referrer": browsers would then say of our own forms that they come from nowhere.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_STATIC = {"page.css": "text/css", "page.js": "text/javascript"}

Answer = Callable[[Request, str], Coroutine[Any, Any, Response | None]]


class Site:
    """Everything below `/__dev`."""

    def __init__(
        self, recorder: Recorder, inspection: Inspection, announcements: Announcements, guard: Guard
    ) -> None:
        self._recorder, self._inspection = recorder, inspection
        self._announcements, self._guard = announcements, guard
        # By the first word below /__dev, and below /__dev/api; the rest of the path is for the answer.
        self._pages: dict[str, Answer] = {
            "": self._requests,
            "requests": self._request,
            "routes": self._routes,
            "explain": self._explain,
            "check": self._check,
            "static": self._static,
        }
        self._data: dict[str, Answer] = {
            "requests": self._requests_data,
            "routes": self._routes_data,
            "explain": self._explain_data,
            "check": self._check_data,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        reason = refusal(self._guard, scope)
        path = route_path(scope).removeprefix(BASE).strip("/")
        if reason is None and path == "api/events" and scope["method"] == "GET":
            await self._announcements.stream(receive, send)
            return
        request = Request(scope, receive)
        response = _plain(reason, 403) if reason is not None else await self._answer(request, path)
        response.headers.update(_HEADERS)
        await response(scope, receive, send)

    async def _answer(self, request: Request, path: str) -> Response:
        if path == "clear":
            return self._clear(request)
        if request.method not in {"GET", "HEAD"}:
            return _not_allowed("GET, HEAD")
        answers, rest = (
            (self._data, path.removeprefix("api/")) if path.startswith("api/") else (self._pages, path)
        )
        first, _, rest = rest.partition("/")
        answer = answers.get(first)
        response = None if answer is None else await answer(request, rest)
        return _plain("There is no such page.", 404) if response is None else response

    def _clear(self, request: Request) -> Response:
        if request.method != "POST":
            return _not_allowed("POST")
        self._recorder.clear()
        return RedirectResponse(self._frame(request).base, 303)

    def _frame(self, request: Request) -> Frame:
        base = f"{request.scope.get('root_path', '')}{BASE}"
        inspection, is_local = self._inspection, self._guard.audience == "local"
        return Frame(base, inspection.title, _digest(), inspection.known_findings, is_local)

    # For people

    async def _requests(self, request: Request, rest: str) -> Response | None:
        del rest  # there is none: the path is empty
        wanted = request.query_params.get("q", "").strip()
        return _html(requests_page(self._frame(request), self._recorder.records(), wanted))

    async def _request(self, request: Request, rest: str) -> Response | None:
        if not rest:
            return RedirectResponse(self._frame(request).base, 307)
        record = self._recorder.find(_number(rest))
        if record is None:
            return None
        return _html(request_page(self._frame(request), record, self._inspection.index_of(record)))

    async def _routes(self, request: Request, rest: str) -> Response | None:
        if not rest:
            return _html(routes_page(self._frame(request), self._inspection.routes()))
        found = self._inspection.route(_number(rest))
        return None if found is None else _html(route_page(self._frame(request), *found))

    async def _explain(self, request: Request, rest: str) -> Response | None:
        if rest:
            return None
        asked, source = (
            request.query_params.get("request", "").strip(),
            bool(request.query_params.get("source")),
        )
        explanation, mistake = self._explained(asked, source=source) if asked else (None, None)
        return _html(explain_page(self._frame(request), asked, explanation, source=source, mistake=mistake))

    def _explained(self, asked: str, *, source: bool) -> tuple[Explanation | None, str | None]:
        try:
            return self._inspection.explain(asked, source=source), None
        except ValueError as error:
            return None, str(error)

    async def _check(self, request: Request, rest: str) -> Response | None:
        if not rest:
            checked = await self._inspection.checked()
            return _html(check_page(self._frame(request), checked))
        rule = rule_of(rest)
        return None if rule is None else _html(rule_page(self._frame(request), rule))

    async def _static(self, request: Request, rest: str) -> Response | None:
        del request
        if rest not in _STATIC:
            return None
        return Response(_static_file(rest), media_type=_STATIC[rest])

    # For programs

    async def _requests_data(self, request: Request, rest: str) -> Response | None:
        del request
        if not rest:
            return _json({"requests": [asdict(each) for each in self._recorder.records()]})
        record = self._recorder.find(_number(rest))
        return None if record is None else _json(asdict(record))

    async def _routes_data(self, request: Request, rest: str) -> Response | None:
        del request
        if not rest:
            return _json({"routes": [asdict(each) for each in self._inspection.routes()]})
        found = self._inspection.route(_number(rest))
        return None if found is None else _json({"route": asdict(found[0]), "explanation": asdict(found[1])})

    async def _explain_data(self, request: Request, rest: str) -> Response | None:
        if rest:
            return None
        asked, source = request.query_params.get("request", ""), bool(request.query_params.get("source"))
        explanation, mistake = self._explained(asked, source=source)
        if explanation is None:
            return _json({"error": mistake}, 400)
        return _json({**asdict(explanation), "text": str(explanation)})

    async def _check_data(self, request: Request, rest: str) -> Response | None:
        del request
        return None if rest else _json(_as_data(await self._inspection.checked()))


def _as_data(checked: Checked) -> dict[str, Any]:
    titles = {rule.id: rule.title for rule in RULES}
    findings = [
        {
            "id": each.rule,
            "title": titles.get(each.rule, ""),
            "severity": each.severity.value,
            "file": shown_file(str(each.file)),
            "line": each.line,
            "column": each.column,
            "what": each.what,
            "instead": each.instead,
        }
        for each in checked.findings
    ]
    return {"findings": findings, "files": checked.files, "failure": checked.failure}


def _number(text: str) -> int:
    """Return a number of an address; one that nothing has for any other text."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 12 else -1


def _html(page: Markup) -> Response:
    return Response(page, media_type="text/html")


def _json(content: object, status: int = 200) -> Response:
    # ASCII: what a client has sent may hold anything, lone surrogates too.
    return Response(json.dumps(content, default=str), status, media_type="application/json")


def _plain(text: str, status: int) -> Response:
    return PlainTextResponse(text, status)


def _not_allowed(allowed: str) -> Response:
    return PlainTextResponse("Method Not Allowed", 405, {"allow": allowed})


@cache
def _static_file(name: str) -> bytes:
    return files("straightway.development").joinpath("static", name).read_bytes()


@cache
def _digest() -> str:
    content = b"".join(map(_static_file, sorted(_STATIC)))
    return sha256(content).hexdigest()[:12]
