"""Requests to generated applications: mostly what the endpoint asks for, and everything a client may get wrong."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.differential.dependencies import Dependency
from tests.differential.parameters import Parameter
from tests.differential.programs import Endpoint, Program
from tests.differential.values import Kind

BOUNDARY = "boundary"
CREDENTIALS = (
    (),
    (("authorization", "Bearer token"),),
    (("authorization", "Basic dXNlcjpwYXNz"),),
    (("authorization", "basic x"),),
    (("authorization", "Bearer"),),
    (("x-key", "k"), ("cookie", "key=k")),
)


@dataclass(frozen=True)
class Question:
    """One request."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def scope(self) -> dict[str, Any]:
        """Return its ASGI scope."""
        path = self.path.encode("utf-8")
        length = [(b"content-length", str(len(self.body)).encode())] if self.body else []
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": quote(path).encode(),
            "root_path": "",
            "query_string": self.query.encode("latin-1"),
            "headers": [
                (b"host", b"test"),
                *length,
                *((n.encode(), v.encode("latin-1", "replace")) for n, v in self.headers),
            ],
            "client": ("127.0.0.1", 50000),
            "server": ("test", 80),
            "state": {},
        }


def prefix_of(program: Program, endpoint: Endpoint) -> str:
    """Return the prefixes of the routers around an endpoint."""
    prefix = ""
    if endpoint.router:
        for own, inclusion in program.routers[endpoint.router - 1 :]:
            prefix = ("/i" if "prefix" in inclusion else "") + ("/r" if "prefix" in own else "") + prefix
    return prefix


def _used(program: Program, endpoint: Endpoint) -> list[Dependency]:
    """Return the dependencies that an endpoint reaches."""
    by_name = {each.name: each for each in program.dependencies}
    found: dict[str, Dependency] = {}
    pending = [expression for _, expression in endpoint.uses]
    while pending:
        expression = pending.pop()
        name = expression.partition("(")[2].partition(",")[0].strip(")")
        if name in by_name and name not in found:
            found[name] = by_name[name]
            pending += [each for _, each in by_name[name].sub]
    return list(found.values())


@st.composite
def questions(draw: st.DrawFn, program: Program) -> Question:
    """Draw a request for one of the endpoints."""
    endpoint = draw(st.sampled_from(program.endpoints))
    found = [*endpoint.parameters, *(each for one in _used(program, endpoint) for each in one.parameters)]
    path = prefix_of(program, endpoint) + endpoint.path
    for each in endpoint.parameters:
        if each.place == "path":
            path = path.replace(f"{{{each.name}}}", draw(_texts(each.kind)).replace("/", "") or "x")
    query = [pair for each in found if each.place == "query" for pair in draw(_pairs(each))]
    query += draw(st.sampled_from([[], [], [("unknown", "1")], [("a", "")], [("key", "k")]]))
    headers = [pair for each in found if each.place == "header" for pair in draw(_pairs(each))]
    cookies = [pair for each in found if each.place == "cookie" for pair in draw(_pairs(each))]
    if cookies:
        headers.append(("cookie", "; ".join(f"{name}={value}" for name, value in cookies)))
    headers += draw(st.sampled_from(CREDENTIALS))
    content_type, body = draw(_bodies(endpoint))
    if content_type:
        headers.append(("content-type", content_type))
    written = urlencode(query) if draw(st.integers(0, 9)) else "&".join(f"{a}={b}" for a, b in query)
    return Question(
        draw(st.sampled_from([endpoint.method] * 12 + ["GET", "POST", "HEAD", "OPTIONS"])),
        draw(
            st.sampled_from([path] * 12 + [path + "/", path.rstrip("/") or "/", "/nowhere", path + "/more"])
        ),
        written.encode("utf-8").decode("latin-1"),
        tuple((name.lower(), value) for name, value in headers if _is_header(name, value)),
        body,
    )


def _is_header(name: str, value: str) -> bool:
    return name.isascii() and " " not in name and all(each >= " " for each in value)


def _texts(kind: Kind) -> st.SearchStrategy[str]:
    valid, invalid = kind.valid or ("x",), kind.invalid or ("",)
    return st.sampled_from([*valid * 4, *invalid])


@st.composite
def _pairs(draw: st.DrawFn, parameter: Parameter) -> list[tuple[str, str]]:
    """Draw what is sent for one parameter."""
    wanted = [(key, kind) for key, kind in parameter.fields] or [
        (each, parameter.kind) for each in parameter.keys
    ]
    pairs = []
    for key, kind in wanted:
        times = draw(st.sampled_from([1] * 8 + [0, 0, 2]))
        if kind.many:
            times *= draw(st.integers(1, 3))
        pairs += [(key, draw(_texts(kind))) for _ in range(times)]
    if parameter.fields:
        pairs += draw(st.sampled_from([[], [], [("extra", "1")]]))
    return pairs


@st.composite
def _bodies(draw: st.DrawFn, endpoint: Endpoint) -> tuple[str | None, bytes]:
    of_body = [each for each in endpoint.parameters if each.place in {"body", "form", "file"}]
    if not of_body:
        return draw(st.sampled_from([(None, b"")] * 6 + [("application/json", b"{}")]))
    if draw(st.integers(0, 9)) == 0:
        return draw(
            st.sampled_from(
                [
                    (None, b""),
                    ("text/plain", b"{}"),
                    ("application/json", b"null"),
                    ("application/json", b""),
                    ("application/x-www-form-urlencoded", b"a=1&b"),
                    ("multipart/form-data; boundary=x", b"--x--"),
                ]
            )
        )
    if of_body[0].place == "body":
        return draw(_json(of_body))
    return draw(_form(of_body))


@st.composite
def _json(draw: st.DrawFn, found: list[Parameter]) -> tuple[str, bytes]:
    values = {}
    for each in found:
        if draw(st.integers(0, 7)):
            value = draw(st.sampled_from([*(each.kind.json or ("x",)) * 3, None, "x", [], {}, 5]))
            values[draw(st.sampled_from(each.keys))] = value
    single = len(found) == 1 and ("embed", "True") not in found[0].options
    content: Any = next(iter(values.values()), None) if single and draw(st.integers(0, 7)) else values
    kind = draw(
        st.sampled_from(
            ["application/json"] * 8
            + ["application/json; charset=utf-8", "application/vnd.api+json", "text/json", ""]
        )
    )
    return kind, json.dumps(content).encode()


@st.composite
def _form(draw: st.DrawFn, found: list[Parameter]) -> tuple[str, bytes]:
    fields = [pair for each in found if each.place == "form" for pair in draw(_pairs(each))]
    files = [pair for each in found if each.place == "file" for pair in draw(_pairs(each))]
    if not files and draw(st.booleans()):
        return "application/x-www-form-urlencoded", urlencode(fields).encode()
    parts = [(f'form-data; name="{name}"', value) for name, value in fields]
    for name, value in files:
        shown = draw(st.sampled_from(['; filename="f.txt"'] * 4 + ['; filename=""', ""]))
        parts.append((f'form-data; name="{name}"{shown}', value))
    lines = []
    for disposition, value in parts:
        lines += [f"--{BOUNDARY}", f"Content-Disposition: {disposition}", "", value]
    text = "\r\n".join([*lines, f"--{BOUNDARY}--", ""])
    return f"multipart/form-data; boundary={BOUNDARY}", text.encode()
