"""The requests that are measured in process: who answers them, what is compared, what is aimed at."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import applications, limits
from benchmarks.asgi import Application, Conversation, Request
from benchmarks.frameworks import Framework
from benchmarks.models import request_of
from benchmarks.targets import OURS, Target, adds, ahead, near

ALONE = f"{OURS}, alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One request, the application that answers it, and a hand-written handler that does the same validation."""

    name: str
    title: str
    build: Callable[[Framework], Application]
    limit: Application | None = None
    alone: Callable[[Framework], Application] | None = None
    """An application whose cost the cost of this one is compared with, in the same framework."""
    targets: tuple[Target, ...]
    status: int = 200

    @property
    def request(self) -> Request | Conversation:
        """What is sent."""
        return request_of(self.name)


def last_of(number: int, *targets: Target) -> Workload:
    """Ask for the last of so many routes, against an application that has only that one."""
    return Workload(
        name=f"routes-{number}",
        title=f"last of {number:,} routes" if number > 1 else "the only route",
        build=applications.routes(range(number)),
        alone=applications.routes(range(number - 1, number)),
        limit=limits.last_route,
        targets=(*targets, near(1.1, ALONE)),
    )


MORE_ROUTES = (last_of(1), last_of(10), last_of(100))
"""What the picture of cost against number of routes needs beside the workloads."""


WORKLOADS = (
    Workload(
        name="hello",
        title="JSON hello",
        build=applications.hello,
        limit=limits.hello,
        targets=(ahead(10), near(1.7)),
    ),
    Workload(
        name="path-query",
        title="int path + str and int query",
        build=applications.path_and_query,
        limit=limits.path_and_query,
        targets=(ahead(12), near(1.7)),
    ),
    Workload(
        name="body",
        title="JSON body in, response model out",
        build=applications.body,
        limit=limits.body,
        targets=(ahead(9), near(1.8)),
    ),
    Workload(
        name="dependencies",
        title="header + 3-level async chain",
        build=applications.dependencies,
        limit=limits.dependencies,
        targets=(ahead(15), near(1.8)),
    ),
    Workload(
        name="models-100",
        title="100 models through the response model",
        build=applications.hundred_models,
        limit=limits.hundred_models,
        targets=(ahead(1.8), near(1.15)),
    ),
    Workload(
        name="dicts-1000",
        title="1,000 untyped dicts",
        build=applications.thousand_dicts,
        limit=limits.thousand_dicts,
        targets=(ahead(10), near(1.3)),
    ),
    Workload(
        name="sync",
        title="sync endpoint, two sync dependencies",
        build=applications.synchronous,
        limit=limits.synchronous,
        targets=(ahead(6), near(1.4)),
    ),
    Workload(
        name="async-yield",
        title="async yield dependency",
        build=applications.asynchronous_yield,
        limit=limits.asynchronous_yield,
        targets=(ahead(6),),
    ),
    Workload(
        name="sync-yield",
        title="sync yield dependency",
        build=applications.synchronous_yield,
        limit=limits.synchronous_yield,
        targets=(ahead(5),),
    ),
    last_of(500, ahead(100)),
    last_of(5000, ahead(1000)),
    Workload(
        name="invalid",
        title="invalid body, 422 with errors",
        build=applications.body,
        limit=limits.body,
        targets=(ahead(5),),
        status=422,
    ),
    Workload(
        name="form",
        title="urlencoded form of 5 fields",
        build=applications.form,
        limit=limits.form,
        targets=(ahead(5),),
    ),
    Workload(name="upload", title="64 KiB multipart upload", build=applications.upload, targets=(ahead(2),)),
    Workload(
        name="http-middleware",
        title="one http middleware",
        build=applications.http_middleware,
        alone=applications.hello,
        limit=limits.with_headers((b"x-process", b"1")),
        targets=(ahead(8), adds(10)),
    ),
    Workload(
        name="five-middlewares",
        title="three ASGI + CORS + one http",
        build=applications.five_middlewares,
        limit=limits.with_headers(
            *((name, b"1") for name in (b"x-process", b"x-one", b"x-two", b"x-three")),
            (b"access-control-allow-origin", b"https://example.com"),
            (b"vary", b"Origin"),
        ),
        targets=(ahead(8),),
    ),
    Workload(
        name="websocket-text",
        title="WebSocket echo, text",
        build=applications.websocket_text,
        limit=limits.websocket_text,
        targets=(ahead(1),),
    ),
    Workload(
        name="websocket-json",
        title="WebSocket echo, JSON",
        build=applications.websocket_json,
        limit=limits.websocket_json,
        targets=(ahead(1),),
    ),
)
