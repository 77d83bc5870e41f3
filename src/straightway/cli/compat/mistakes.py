"""Requests with something unusual about them: missing, empty, of another type, out of range, malformed, not there."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from straightway.cli.compat.operations import Body, Operation, Parameter
from straightway.cli.compat.requests import Draft, as_text, draft_of, encoded, sent_of, without_credentials
from straightway.cli.compat.values import Source, merged, wrong_values
from straightway.cli.compat.wire import Sent

__all__ = ["DEEPLY_NESTED", "INVENTED_METHOD", "LONE_SURROGATE", "routing_requests", "unusual_requests"]

Pairs = tuple[tuple[str, str], ...]
Change = tuple[str, Draft]

INVENTED_METHOD = "BREW"
NO_SUCH_PATH = "/no-such-path"
DEEPEST = 3
REMOVED = object()

DEEPLY_NESTED = "300 nested lists"
LONE_SURROGATE = "a lone surrogate in the body"

JSON_BODIES: Mapping[str, bytes] = {
    "an empty body": b"",
    "JSON that ends early": b'{"a": ',
    "null as the body": b"null",
    "a list as the body": b"[1]",
    "a string as the body": b'"text"',
    "NaN as the body": b"NaN",
    "a body that is not UTF-8": b'{"a": "\xff"}',
    LONE_SURROGATE: b'{"\\ud800": "\\udc00"}',
    DEEPLY_NESTED: b"[" * 300 + b"]" * 300,
}


def unusual_requests(operation: Operation, most: int, seed: int, extra: Pairs) -> Iterator[Sent]:
    """Yield at most that many requests to an operation, each with one thing changed."""
    source = Source.seeded(f"{seed} {operation.title} unusual", operation.document)
    base = draft_of(operation, source, everything=True)
    changes = [*_parameters(operation, base, source), *_bodies(operation, base, source), *_others(base)]
    if len(changes) > most:
        kept = sorted(source.random.sample(range(len(changes)), most))
        changes = [changes[index] for index in kept]
    for about, draft in changes:
        yield sent_of(operation, draft, about, extra)


def _parameters(operation: Operation, base: Draft, source: Source) -> Iterator[Change]:
    for parameter in operation.parameters:
        called = f"{parameter.place} parameter {parameter.name}"
        if parameter.place != "path":
            yield f"without {called}", _given(base, parameter, ())
            yield f"{called} twice", _given(base, parameter, _twice(base, parameter))
        yield f"{called} is empty", _given(base, parameter, ("",))
        for text in dict.fromkeys(_texts(wrong_values(parameter.schema, source))):
            yield f"{called} is {json.dumps(text)}", _given(base, parameter, (text,))


def _texts(values: Iterator[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, list) and value:
            yield as_text(value[-1])
        elif not isinstance(value, list | dict):
            yield as_text(value)


def _twice(base: Draft, parameter: Parameter) -> tuple[str, ...]:
    pairs = {"query": base.query, "header": base.headers, "cookie": base.cookies}.get(parameter.place, ())
    return (next((text for name, text in pairs if name == parameter.name), "1"), "2")


def _given(base: Draft, parameter: Parameter, texts: Sequence[str]) -> Draft:
    """Return the draft with other texts for a parameter."""
    match parameter.place:
        case "path":
            return replace(base, path={**base.path, parameter.name: texts[0]})
        case "query":
            return replace(base, query=_replaced(base.query, parameter.name, texts))
        case "header":
            return replace(base, headers=_replaced(base.headers, parameter.name, texts))
        case _:
            return replace(base, cookies=_replaced(base.cookies, parameter.name, texts))


def _replaced(pairs: Pairs, name: str, texts: Sequence[str]) -> Pairs:
    return (*(pair for pair in pairs if pair[0] != name), *((name, text) for text in texts))


def _bodies(operation: Operation, base: Draft, source: Source) -> Iterator[Change]:
    for body in operation.bodies:
        whole = base
        if base.media_type is None or not base.media_type.startswith(body.media_type):
            continue
        yield "without a body", replace(whole, body=b"", media_type=None)
        yield "a body without content-type", replace(whole, media_type=None)
        yield "content-type text/plain", replace(whole, media_type="text/plain")
        yield "an unfinished content-type", replace(whole, media_type="application/")
        if "json" in body.media_type:
            yield (
                "a form instead of JSON",
                replace(whole, media_type="application/x-www-form-urlencoded", body=b"a=1"),
            )
            yield from ((about, replace(whole, body=content)) for about, content in JSON_BODIES.items())
        else:
            yield "JSON instead of a form", replace(whole, media_type="application/json", body=b'{"a": 1}')
            yield "an empty form", replace(whole, body=b"")
            yield "a form cut short", replace(whole, body=whole.body[: len(whole.body) // 2])
            yield "multipart without boundary", replace(whole, media_type="multipart/form-data")
        for about, content in _contents(whole.content, body, source):
            yield about, encoded(whole, body, content, source)


def _contents(content: Any, body: Body, source: Source) -> Iterator[tuple[str, Any]]:
    """Yield the content with one part of it missing, added or replaced."""
    for words, schema in _places(content, body.schema, source):
        pointer = "/".join(["", *words])
        yield f"body without {pointer}", _with(content, words, REMOVED)
        for value in (None, *wrong_values(schema, source)):
            yield f"body with {pointer} {json.dumps(value)[:60]}", _with(content, words, value)
    if isinstance(content, dict):
        yield "body with an unknown member", {**content, "no_such_member": 1}


def _with(content: Any, words: tuple[str, ...], value: Any) -> Any:
    """Return a copy of the content with another value at a place, or without it."""
    copied = copy.deepcopy(content)
    holder = copied
    for word in words[:-1]:
        holder = holder[word]
    holder[words[-1]] = value
    if value is REMOVED:
        del holder[words[-1]]
    return copied


def _places(
    content: Any, schema: Any, source: Source, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not isinstance(content, dict) or len(words) >= DEEPEST:
        return
    properties = merged(schema, source).get("properties", {})
    for name, value in content.items():
        if name in properties:
            yield (*words, name), properties[name]
            yield from _places(value, properties[name], source, (*words, name))


def _others(base: Draft) -> Iterator[Change]:
    yield "an unknown query parameter", replace(base, query=(*base.query, ("no_such_parameter", "1")))
    yield "from another origin", replace(base, headers=(*base.headers, ("origin", "https://example.com")))
    yield "accepting gzip", replace(base, headers=(*base.headers, ("accept-encoding", "gzip")))
    bare = without_credentials(base.headers)
    if len(bare) < len(base.headers):
        for value in ("", "Bearer", "bearer x", "Basic", "Basic !!!", "Basic dXNlcg==", "Other x"):
            yield (
                f"authorization is {json.dumps(value)}",
                replace(base, headers=(*bare, ("authorization", value))),
            )


def routing_requests(operations: Sequence[Operation], methods: Sequence[str], seed: int) -> Iterator[Sent]:
    """Yield requests beside what is documented: other methods, slashes more or less, unknown paths, odd queries."""
    paths = {operation.path: operation for operation in operations}
    for method in methods:
        yield Sent("(routing)", "a path that does not exist", method, NO_SUCH_PATH)
    for path, operation in paths.items():
        source = Source.seeded(f"{seed} {path} routing", operation.document)
        draft = replace(draft_of(operation, source, everything=True), body=b"", media_type=None)
        declared = {each.method for each in operations if each.path == path}
        for method in methods:
            if method not in declared:
                yield sent_of(operation, draft, f"method {method}, which is not documented", method=method)
        plain = sent_of(operation, draft, "")
        if operation.method in methods:
            yield from _neighbours(plain)


def _neighbours(sent: Sent) -> Iterator[Sent]:
    path, mark, query = sent.target.partition("?")
    slashed = path[:-1] if path.endswith("/") and path != "/" else f"{path}/"
    about = "with a slash at the end" if slashed.endswith("/") else "without the slash at the end"
    yield replace(sent, about=about, target=slashed + mark + query)
    yield replace(sent, about="with a slash doubled", target=f"/{path}{mark}{query}")
    yield replace(
        sent, about="with something below it", target=f"{path}/{quote('no such', safe='')}{mark}{query}"
    )
    yield replace(sent, about="with an odd query", target=f"{path}?&&=&a&%FF=%FF&b=%zz&{query}")
