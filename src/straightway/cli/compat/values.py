"""Values that a JSON schema allows, and values that it probably does not; always the same ones for the same `Random`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from straightway.cli.compat.operations import Document, resolved
from straightway.cli.compat.patterns import matching

__all__ = ["Source", "merged", "value_for", "wrong_values"]

Schema = Mapping[str, Any]

WORDS = ("a", "abc", "foo", "1", "2", "true", "two words", "café", "x-y_z", "%", "+", "a/b", "日本")

FORMATS: dict[str, Sequence[str]] = {
    "base64": ("aGVsbG8=",),
    "binary": ("some content",),
    "byte": ("aGVsbG8=",),
    "date": ("2024-02-29", "1999-12-31"),
    "date-time": ("2024-02-29T12:34:56Z", "2024-02-29T12:34:56.789+02:00", "2024-02-29T12:34:56"),
    "duration": ("P1DT2H", "PT0.5S"),
    "email": ("someone@example.com",),
    "file-path": ("/etc/hostname",),
    "ipv4": ("192.0.2.1",),
    "ipv6": ("2001:db8::1",),
    "ipvanyaddress": ("192.0.2.1",),
    "json-string": ("[1]",),
    "time": ("12:34:56", "12:34:56.789+02:00"),
    "uri": ("https://example.com/a?b=c",),
    "uuid": ("3fa85f64-5717-4562-b3fc-2c963f66afa6",),
    "uuid4": ("3fa85f64-5717-4562-b3fc-2c963f66afa6",),
}

DEEPEST = 6
FEW = 3


@dataclass(frozen=True, slots=True)
class Source:
    """Where values come from: chance, and the document that references point into."""

    random: Random
    document: Document

    @classmethod
    def seeded(cls, seed: str, document: Document) -> "Source":
        """Return a source whose values depend on the seed and the document alone."""
        return cls(Random(seed), document)  # noqa: S311  # repeatable is what is wanted

    def chance(self, probability: float) -> bool:
        """Throw a coin."""
        return self.random.random() < probability


def merged(schema: Any, source: Source) -> dict[str, Any]:
    """Return the schema with references followed and `allOf` put together."""
    found = resolved(schema, source.document)
    parts = found.pop("allOf", ())
    for part in parts:
        inner = merged(part, source)
        properties = {**inner.get("properties", {}), **found.get("properties", {})}
        required = [*inner.get("required", ()), *found.get("required", ())]
        found = {**inner, **found}
        if properties:
            found |= {"properties": properties, "required": required}
    return found


def value_for(schema: Any, source: Source, depth: int = 0) -> Any:
    """Return a value that the schema allows, as far as it is understood."""
    found = merged(schema, source)
    if "const" in found:
        return found["const"]
    if found.get("enum"):
        return source.random.choice(found["enum"])
    if found.get("examples") and source.chance(0.5):
        return source.random.choice(found["examples"])
    if found.get("default") is not None and source.chance(0.2):
        return found["default"]
    branches = found.get("anyOf") or found.get("oneOf")
    if branches:
        return value_for(_branch(branches, source, depth), source, depth)
    return _of_type(_type_of(found, source), found, source, depth)


def _branch(branches: Sequence[Any], source: Source, depth: int) -> Any:
    something = [each for each in branches if resolved(each, source.document).get("type") != "null"]
    if not something or (len(something) < len(branches) and (depth > DEEPEST or source.chance(0.2))):
        return {"type": "null"}
    return source.random.choice(something)


def _type_of(schema: Schema, source: Source) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return str(source.random.choice(kind))
    if isinstance(kind, str):
        return kind
    return "object" if "properties" in schema else source.random.choice(["string", "integer", "boolean"])


def _of_type(kind: str, schema: Schema, source: Source, depth: int) -> Any:
    match kind:
        case "null":
            return None
        case "boolean":
            return source.chance(0.5)
        case "integer":
            return _integer(schema, source)
        case "number":
            return _number(schema, source)
        case "array":
            return _array(schema, source, depth)
        case "object":
            return _object(schema, source, depth)
        case _:
            return _string(schema, source)


def _integer(schema: Schema, source: Source) -> int:
    step = int(schema.get("multipleOf", 1)) or 1
    low, high = _integer_bounds(schema)
    if source.chance(0.7) and low is None and high is None:
        return source.random.choice([1, 2, 3, 1, 2, 0]) * step
    low = low if low is not None else (min(0, high - 5) if high is not None else -2)
    high = high if high is not None else low + 1000
    first, last = -(-low // step), high // step
    near = [first, first + 1, last, last - 1, 1, 2]
    fitting = [each for each in near if first <= each <= last]
    return (source.random.choice(fitting) if fitting else first) * step


def _integer_bounds(schema: Schema) -> tuple[int | None, int | None]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + 1
    if "exclusiveMaximum" in schema:
        high = schema["exclusiveMaximum"] - 1
    return (None if low is None else int(low)), (None if high is None else int(high))


def _number(schema: Schema, source: Source) -> float:
    low: float | None = schema.get("minimum", schema.get("exclusiveMinimum"))
    high: float | None = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is None and high is None:
        return source.random.choice([0.0, 0.1, 1.5, -2.25, 3, 1e16, 1e-7, 123456.789])
    least = low if low is not None else (high or 0) - 100
    most = high if high is not None else least + 100
    return round(least + (most - least) * source.random.choice([0.25, 0.5, 0.75]), 3)


def _string(schema: Schema, source: Source) -> str:
    if schema.get("pattern"):
        found = matching(schema["pattern"], source.random)
        if found is not None:
            return found
    known = FORMATS.get(schema.get("format", ""))
    if known:
        return source.random.choice(known)
    text = source.random.choice(WORDS)
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    text = text.ljust(least, "x")
    return text if most is None else text[:most]


def _array(schema: Schema, source: Source, depth: int) -> list[Any]:
    first = [value_for(each, source, depth + 1) for each in schema.get("prefixItems", ())]
    if "prefixItems" in schema and "items" not in schema:
        return first
    least = max(schema.get("minItems", 0) - len(first), 0)
    most = schema.get("maxItems", least + FEW) - len(first)
    number = least if depth > DEEPEST else source.random.randint(least, max(least, min(most, least + FEW)))
    items = first + [value_for(schema.get("items", {}), source, depth + 1) for _ in range(number)]
    return _without_repetition(items) if schema.get("uniqueItems") else items


def _without_repetition(items: list[Any]) -> list[Any]:
    seen: dict[str, Any] = {json.dumps(item, sort_keys=True): item for item in items}
    return list(seen.values())


def _object(schema: Schema, source: Source, depth: int) -> dict[str, Any]:
    required = set(schema.get("required", ()))
    result = {
        name: value_for(inner, source, depth + 1)
        for name, inner in schema.get("properties", {}).items()
        if name in required or (depth <= DEEPEST and source.chance(0.7))
    }
    others = schema.get("additionalProperties")
    if isinstance(others, Mapping) and not result and depth <= DEEPEST:
        result = {
            name: value_for(others, source, depth + 1) for name in ("a", "b")[: source.random.randint(0, 2)]
        }
    return result


def wrong_values(schema: Any, source: Source) -> Iterator[Any]:
    """Yield values that a schema hardly allows: of other types, out of range, or close to what would be right."""
    found = merged(schema, source)
    branches = found.get("anyOf") or found.get("oneOf")
    if branches:
        for branch in branches:
            yield from wrong_values(branch, source)
        return
    if found.get("enum") or "const" in found:
        yield from ("no-such-choice", 12345)
    match found.get("type"):
        case "integer":
            yield from ("many", 1.5, "1.0", " 1 ", True, 10**25, *_beyond_bounds(found, 1))
        case "number":
            yield from ("many", "nan", "1e999", True, *_beyond_bounds(found, 0.5))
        case "boolean":
            yield from ("maybe", "on", 2)
        case "string":
            yield from _wrong_strings(found)
        case "array":
            yield from _wrong_arrays(found, source)
        case "object":
            yield from ("not an object", [], 1)
        case _:
            pass


def _beyond_bounds(schema: Schema, step: float) -> Iterator[float]:
    for key, sign in (("minimum", -1), ("exclusiveMinimum", 0), ("maximum", 1), ("exclusiveMaximum", 0)):
        if key in schema:
            bound = schema[key] + sign * step
            yield int(bound) if bound == int(bound) else bound
    if "multipleOf" in schema:
        yield schema["multipleOf"] + step


def _wrong_strings(schema: Schema) -> Iterator[Any]:
    yield from (12, ["a"])
    if schema.get("minLength", 0) > 0:
        yield "x" * (schema["minLength"] - 1)
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)
    if "pattern" in schema:
        yield "\t"
    if "format" in schema:
        yield from (f"no-{schema['format']}", "2024-02-30", "0")


def _wrong_arrays(schema: Schema, source: Source) -> Iterator[Any]:
    yield from ("not a list", {})
    items = schema.get("items", {})
    if schema.get("minItems", 0) > 0:
        yield [value_for(items, source) for _ in range(schema["minItems"] - 1)]
    if "maxItems" in schema:
        yield [value_for(items, source) for _ in range(schema["maxItems"] + 1)]
    for wrong in wrong_values(items, source):
        yield [value_for(items, source), wrong]
        break
