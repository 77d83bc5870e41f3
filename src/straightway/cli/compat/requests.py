"""Requests as the OpenAPI document wants them, and the order in which all of them are sent.

Everything depends on the seed and on the operation alone: a new operation changes no request to another one.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from straightway.cli.compat.operations import Body, Operation, Parameter
from straightway.cli.compat.values import Source, merged, value_for
from straightway.cli.compat.wire import Sent

__all__ = ["BOUNDARY", "Draft", "as_text", "draft_of", "encoded", "sent_of", "valid_requests"]

Pairs = tuple[tuple[str, str], ...]

BOUNDARY = "straightway-compat"

CREDENTIALS = {
    "bearer": "Bearer a-token",
    "basic": f"Basic {b64encode(b'user:password').decode()}",
    "digest": 'Digest username="user"',
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A request in parts that can be changed one by one."""

    path: Mapping[str, str]
    query: Pairs = ()
    headers: Pairs = ()
    cookies: Pairs = ()
    media_type: str | None = None
    body: bytes = b""
    content: Any = None


def valid_requests(operation: Operation, number: int, seed: int, extra: Pairs) -> Iterator[Sent]:
    """Yield requests with everything that is required, and by chance some of what is not."""
    source = Source.seeded(f"{seed} {operation.title}", operation.document)
    for turn in range(number):
        draft = draft_of(operation, source, everything=turn == 0)
        if turn and turn % 3 == 2:
            draft = replace(draft, headers=without_credentials(draft.headers))
            yield sent_of(operation, draft, "as documented, without credentials", extra=())
        else:
            yield sent_of(operation, draft, "as documented", extra)


def draft_of(operation: Operation, source: Source, *, everything: bool) -> Draft:
    """Choose values for an operation: for all parameters, or for the required ones and some others."""
    chosen = {
        (parameter.place, parameter.name): as_texts(_value(parameter, source))
        for parameter in operation.parameters
        if everything or parameter.required or source.chance(0.5)
    }
    path = {name: texts[0] if texts else "1" for (place, name), texts in chosen.items() if place == "path"}
    headers, cookies = _credentials(operation)
    draft = Draft(
        path=path,
        query=_placed(chosen, "query") + _key_in_query(operation),
        headers=_placed(chosen, "header") + headers,
        cookies=_placed(chosen, "cookie") + cookies,
    )
    if not operation.bodies:
        return draft
    body = source.random.choice(operation.bodies)
    if not body.required and not everything and source.chance(0.3):
        return draft
    content = value_for(body.schema, source)
    if body.examples and source.chance(0.5):
        content = source.random.choice(body.examples)
    return encoded(draft, body, content, source)


def _value(parameter: Parameter, source: Source) -> Any:
    if parameter.examples and source.chance(0.5):
        return source.random.choice(parameter.examples)
    return value_for(parameter.schema, source)


def _placed(chosen: Mapping[tuple[str, str], Sequence[str]], wanted: str) -> Pairs:
    return tuple((name, text) for (place, name), texts in chosen.items() if place == wanted for text in texts)


def _credentials(operation: Operation) -> tuple[Pairs, Pairs]:
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    for scheme in operation.schemes:
        match scheme:
            case {"type": "http", "scheme": str(name)} if name.lower() in CREDENTIALS:
                headers["authorization"] = CREDENTIALS[name.lower()]
            case {"type": "oauth2" | "openIdConnect"}:
                headers["authorization"] = CREDENTIALS["bearer"]
            case {"type": "apiKey", "in": "header", "name": str(name)}:
                headers[name] = "a-key"
            case {"type": "apiKey", "in": "cookie", "name": str(name)}:
                cookies[name] = "a-key"
            case _:
                pass
    return tuple(headers.items()), tuple(cookies.items())


def _key_in_query(operation: Operation) -> Pairs:
    keys = [each for each in operation.schemes if each.get("type") == "apiKey" and each.get("in") == "query"]
    return tuple((each["name"], "a-key") for each in keys)


def without_credentials(headers: Pairs) -> Pairs:
    """Leave out what `_credentials` added."""
    added = {*CREDENTIALS.values(), "a-key"}
    return tuple(pair for pair in headers if pair[1] not in added)


def as_texts(value: Any) -> list[str]:
    """Write a value as it stands in a query: a list as several texts, None not at all."""
    if isinstance(value, list):
        return [as_text(item) for item in value if item is not None]
    return [] if value is None else [as_text(value)]


def as_text(value: Any) -> str:
    """Write one value as text."""
    return value if isinstance(value, str) else json.dumps(value)


def encoded(draft: Draft, body: Body, content: Any, source: Source) -> Draft:
    """Return the draft with content for its body, in the body's media type."""
    media_type = body.media_type
    if media_type == "application/x-www-form-urlencoded" and isinstance(content, dict):
        data = urlencode(
            [(name, text) for name, value in content.items() for text in as_texts(value)]
        ).encode()
    elif media_type == "multipart/form-data" and isinstance(content, dict):
        data = _multipart(content, _files(body, source))
        media_type = f"{media_type}; boundary={BOUNDARY}"
    elif "json" in media_type or not isinstance(content, str):
        data = json.dumps(content).encode()
    else:
        data = content.encode()
    return replace(draft, media_type=media_type, body=data, content=content)


def _files(body: Body, source: Source) -> frozenset[str]:
    """Return the fields that are uploads."""
    properties = merged(body.schema, source).get("properties", {})
    return frozenset(name for name, schema in properties.items() if _is_file(merged(schema, source), source))


def _is_file(schema: Mapping[str, Any], source: Source) -> bool:
    if schema.get("format") == "binary" or "contentMediaType" in schema:
        return True
    inner = [*schema.get("anyOf", ()), *([schema["items"]] if isinstance(schema.get("items"), dict) else ())]
    return any(_is_file(merged(each, source), source) for each in inner)


def _multipart(content: Mapping[str, Any], files: frozenset[str]) -> bytes:
    parts = []
    for name, value in content.items():
        for text in as_texts(value):
            more = '; filename="file.txt"\r\nContent-Type: text/plain' if name in files else ""
            parts.append(
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{text}\r\n'
            )
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


def sent_of(
    operation: Operation, draft: Draft, about: str, extra: Pairs = (), *, method: str | None = None
) -> Sent:
    """Put a request together. What `extra` has takes the place of headers of the same name."""
    given = {name.lower() for name, _ in extra}
    headers = [pair for pair in draft.headers if pair[0].lower() not in given]
    if draft.media_type is not None:
        headers.append(("content-type", draft.media_type))
    if draft.cookies:
        headers.append(("cookie", "; ".join(f"{name}={quote(value)}" for name, value in draft.cookies)))
    query = urlencode(draft.query)
    target = _path(operation.path, draft.path) + (f"?{query}" if query else "")
    clean = tuple((name, _one_line(value)) for name, value in (*headers, *extra))
    return Sent(operation.title, about, method or operation.method, target, clean, draft.body)


def _path(template: str, values: Mapping[str, str]) -> str:
    """Fill the template; what it wants and nobody documented is 1, as in a mounted application."""
    path = ""
    for part in template.split("{"):
        name, brace, rest = part.partition("}")
        if not brace:
            path += part
            continue
        plain, _, convertor = name.partition(":")
        path += quote(values.get(plain, "1"), safe="/" if convertor == "path" else "") + rest
    return path


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ").encode("latin-1", "replace").decode("latin-1")
