"""The OpenAPI document as a list of operations: what can be asked of the application, and in which words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Body", "Document", "Operation", "Parameter", "operations_of", "resolved", "undocumented"]

Document = Mapping[str, Any]
Schema = Mapping[str, Any]

METHODS = ("POST", "GET", "HEAD", "OPTIONS", "PUT", "PATCH", "TRACE", "DELETE")
"""In the order in which operations are called: what creates things first, what deletes them last."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value in the path, the query, a header or a cookie."""

    name: str
    place: str
    required: bool
    schema: Schema
    examples: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """What an operation reads: one media type and its schema."""

    media_type: str
    required: bool
    schema: Schema
    examples: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """A method on a path template. `schemes` are the security schemes, of which any one may let a request in."""

    method: str
    path: str
    document: Document
    parameters: tuple[Parameter, ...] = ()
    bodies: tuple[Body, ...] = ()
    schemes: tuple[Schema, ...] = ()

    @property
    def title(self) -> str:
        """Return what the operation is called in reports."""
        return f"{self.method} {self.path}"


def operations_of(documents: Mapping[str, Document]) -> list[Operation]:
    """List the operations of all documents, in the order in which they should be called."""
    found = [
        _operation(prefix + path, method.upper(), item, document)
        for prefix, document in documents.items()
        for path, item in document.get("paths", {}).items()
        for method in item
        if method.upper() in METHODS
    ]
    return sorted(found, key=lambda operation: METHODS.index(operation.method))


def undocumented(
    routes: Sequence[tuple[str, Sequence[str]]], operations: Sequence[Operation]
) -> Iterator[Operation]:
    """Yield what is served on GET without being in a document, such as the documentation pages."""
    known = {operation.path for operation in operations}
    for path, methods in routes:
        if "GET" in methods and path not in known:
            yield Operation("GET", path, {})


def _operation(path: str, method: str, item: Mapping[str, Any], document: Document) -> Operation:
    found = item[method.lower()]
    parameters = [
        resolved(each, document) for each in [*item.get("parameters", ()), *found.get("parameters", ())]
    ]
    return Operation(
        method=method,
        path=path,
        document=document,
        parameters=tuple(_parameter(each) for each in parameters),
        bodies=tuple(_bodies(resolved(found.get("requestBody", {}), document))),
        schemes=tuple(_schemes(found.get("security", document.get("security", ())), document)),
    )


def _parameter(found: Mapping[str, Any]) -> Parameter:
    return Parameter(
        found["name"], found["in"], found.get("required", False), found.get("schema", {}), _examples(found)
    )


def _bodies(found: Mapping[str, Any]) -> Iterator[Body]:
    for media_type, content in found.get("content", {}).items():
        yield Body(media_type, found.get("required", False), content.get("schema", {}), _examples(content))


def _examples(found: Mapping[str, Any]) -> tuple[Any, ...]:
    examples = [each["value"] for each in found.get("examples", {}).values() if "value" in each]
    return (*examples, found["example"]) if "example" in found else tuple(examples)


def _schemes(required: Sequence[Mapping[str, Any]], document: Document) -> Iterator[Schema]:
    known = document.get("components", {}).get("securitySchemes", {})
    for alternative in required:
        for name in alternative:
            if name in known:
                yield resolved(known[name], document)


def resolved(found: Any, document: Document) -> dict[str, Any]:
    """Follow references within the document; what stands beside one is kept."""
    if not isinstance(found, Mapping):
        return {}
    result = dict(found)
    for _ in range(20):
        reference = result.pop("$ref", None)
        if not isinstance(reference, str):
            break
        result = {**_at(reference, document), **result}
    return result


def _at(reference: str, document: Document) -> Mapping[str, Any]:
    found: Any = document
    for word in reference.removeprefix("#/").split("/"):
        found = found.get(word.replace("~1", "/").replace("~0", "~")) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}
