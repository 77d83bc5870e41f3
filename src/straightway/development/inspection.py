"""What the development page tells of an application: its routes, explanations of requests, and the faults in it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from anyio import Lock
from anyio.to_thread import run_sync

from straightway.application import Straightway
from straightway.check.findings import Finding
from straightway.describe.explained import Explanation
from straightway.describe.user_code import shown_file
from straightway.development.recorder import Record
from straightway.serve.explain import explain_route
from straightway.serve.listing import Listed, routes_with_rows

BASE = "/__dev"
"""Where the page is."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What `straightway check` finds in so many files, or why it could not look."""

    findings: tuple[Finding, ...] = ()
    files: int = 0
    failure: str | None = None


_CONVERTOR = re.compile(r":\w+(?=\})")


class Inspection:
    """One application, looked at; nothing of it is run. `check` is called in a thread, once."""

    def __init__(self, application: object, check: Callable[[], tuple[Sequence[Finding], int]]) -> None:
        self.application = application if isinstance(application, Straightway) else None
        """None for an application of another kind, of which only the requests are known."""
        self._check = check
        self._checked: Checked | None = None
        self._lock: Lock | None = None

    @property
    def title(self) -> str:
        """The title of the application."""
        return self.application.title if self.application is not None else "Application"

    def routes(self) -> list[Listed]:
        """Return all routes in the order in which they are tried."""
        return [row for row, _, _ in self._rows()]

    def _rows(self) -> list[tuple[Listed, Any, Any]]:
        return [] if self.application is None else list(routes_with_rows(self.application))

    def route(self, index: int) -> tuple[Listed, Explanation] | None:
        """Return a route by its place in the list, with its plan and compiled function; None if there is none."""
        rows = self._rows()
        if not 0 <= index < len(rows):
            return None
        row, route, app = rows[index]
        if row.name == "frontend" and not hasattr(route, "matches"):
            return row, Explanation("", "frontend", f"{row.origin.name}, where no route answers", (), 0)
        return row, explain_route(app, route, source="asgi")

    def index_of(self, record: Record) -> int | None:
        """Return the place of a request's route in the list; None for one that no endpoint has answered."""
        if record.route is None or record.place is None:
            return None
        method, _, path = record.route.partition(" ")
        for index, row in enumerate(self.routes()):
            same = record.place == f"{shown_file(row.origin.file or '')}:{row.origin.line}"
            if same and method in row.methods and _CONVERTOR.sub("", row.path).endswith(path):
                return index
        return None

    def explain(self, request: str, *, source: bool) -> Explanation:
        """Tell what becomes of a request; raise ValueError for what is none."""
        if self.application is None:
            raise ValueError("The application is no Straightway itself: only its requests can be shown.")
        return self.application.explain(request, source="asgi" if source else None)

    async def checked(self) -> Checked:
        """Return what the checker finds. It looks once: a changed file starts the server, and this, anew."""
        self._lock = self._lock or Lock()
        async with self._lock:
            if self._checked is None:
                self._checked = await run_sync(self._check_now)
        return self._checked

    @property
    def known_findings(self) -> int | None:
        """How many faults have been found; None while nobody has looked."""
        return None if self._checked is None else len(self._checked.findings)

    def _check_now(self) -> Checked:
        try:
            findings, files = self._check()
        except Exception as error:
            logging.getLogger("straightway").debug("The checker failed", exc_info=True)
            return Checked(failure=f"{type(error).__name__}: {error}")
        return Checked(tuple(findings), files)

    def taken_paths(self) -> list[str]:
        """List the application's own routes that the page hides."""
        return [row.path for row in self.routes() if row.path == BASE or row.path.startswith(f"{BASE}/")]
