"""Emit the reading and validating of request values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeGuard

from pydantic_core import ValidationError

from straightway.compile.source import Code, Name, Source, code, joined
from straightway.compile.transports import Transport
from straightway.errors import EndpointContext
from straightway.fields import Undefined, group_validator
from straightway.plan import Body, Lookup, Read, ReadBody, Step
from straightway.runtime import checking, forms, reading, sent


def slot(number: int) -> Name:
    """Return the local variable that a step fills."""
    return Name(f"v{number}")


def simple(lookup: Lookup) -> bool:
    """Tell whether pydantic-core alone can read this value: plain, under one key, from a plain mapping."""
    if lookup.group is not None or len(lookup.keys) != 1 or lookup.file_bytes:
        return False
    if lookup.many and lookup.location not in {"query", "header", "body"}:
        return False
    return lookup.keys[0].isascii() or (lookup.location != "header" and _is_utf_8(lookup.keys[0]))


def _is_utf_8(key: str) -> bool:
    """Tell whether pydantic-core can hold the key: it refuses lone surrogates."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


def emit_sources(out: Source, steps: Iterable[Step], transport: Transport) -> None:
    """Write the lines that take apart query string, headers and cookies for all simple reads, once."""
    lookups = [each for step in steps if isinstance(step, Read) and _is_simple(step) for each in step.lookups]
    keys = {
        place: [each for each in lookups if each.location == place] for place in ("query", "header", "cookie")
    }
    many = {place: frozenset(_key(each) for each in found if each.many) for place, found in keys.items()}
    if many["query"]:
        names = out.bind(many["query"], "query_names")
        out.line("query, query_lists = {}(scope, {})", reading.query_lists, names)
    elif keys["query"]:
        out.line("query = {}(scope)", reading.query_values)
    wanted = {_key(each).encode("latin-1"): _key(each) for each in keys["header"]}
    if many["header"]:
        names = out.bind(many["header"], "repeated_headers")
        header_names = out.bind(wanted, "header_names")
        out.line("headers, header_lists = {}(scope, {}, {})", reading.header_lists, header_names, names)
    elif keys["header"]:
        out.line("headers = {}(scope, {})", transport.header_values, out.bind(wanted, "header_names"))
    if keys["cookie"]:
        out.line("cookies = {}(scope)", sent.cookie_values)


def _key(lookup: Lookup) -> str:
    """Return the key under which a source has the value: header names do not care about case."""
    return lookup.keys[0].lower() if lookup.location == "header" else lookup.keys[0]


def _source(lookup: Lookup) -> str:
    """Return the name, in what is validated together, of the mapping that has the value."""
    return f"{lookup.location}_lists" if lookup.many else lookup.location


def emit_read(out: Source, step: Read) -> None:
    """Write one validator call for all values of one callable, and what happens when it fails."""
    again = out.bind(checking.careful_read(step.number, step.lookups), f"read_again_{step.number}")
    careful = code(out, "{}(scope, errors)", again)
    if _is_simple(step):
        _emit_check(out, step, careful)
        return
    out.line("{}, errors = {}", slot(step.number), careful)


def _emit_check(out: Source, step: Read | ReadBody, careful: Code) -> None:
    check = out.bind(
        group_validator((each.field.name, each.field, (_source(each), _key(each))) for each in step.lookups),
        f"check_{step.number}",
    )
    with out.block("try:"):
        out.line("{} = {}({{{}}})", slot(step.number), check, _taken_from(out, step.lookups))
    with out.block("except {}:", ValidationError):
        out.line("{}, errors = {}", slot(step.number), careful)


def emit_body(out: Source, step: Body, transport: Transport, *, has_request: bool, context: Any) -> None:
    """Write the reading and parsing of a JSON body into its slot."""
    emit_body_bytes(out, transport, has_request=has_request)
    out.line("{} = {}", slot(step.number), parsed(out, step, context))


def emit_form(out: Source, step: Body, steps: Iterable[Step]) -> None:
    """Write the reading of a form into its slot, and the lines that take it apart for all simple reads, once."""
    form, limits = slot(step.number), out.bind(step.form_limits, "form_limits")
    out.line("{} = await {}(request, {}, files)", form, forms.read_form, limits)
    lookups = [each for read in steps if reads_plainly(read) for each in read.lookups]
    if many := frozenset(_key(each) for each in lookups if each.many):
        names = out.bind(many, "repeated_fields")
        out.line("form_lists = {}({}, {})", forms.all_values, form, names)
    if not all(each.many for each in lookups):
        out.line("form = {}({})", forms.last_values, form)


def reads_plainly(step: Step) -> TypeGuard[ReadBody]:
    """Tell whether the step takes nothing but simple values of a form, in which an empty text is no value."""
    return (
        isinstance(step, ReadBody)
        and step.body is not None
        # A factory is called once, also where another field does not validate and all are read again.
        and all(each.form and each.field.field_info.default_factory is None for each in step.lookups)
        and _is_simple(step)
    )


def emit_body_bytes(out: Source, transport: Transport, *, has_request: bool) -> None:
    """Write the reading of the body, not yet parsed."""
    if has_request:
        out.line("body = await {}(request)", reading.body_of)
    else:
        out.line("body = await {}({})", transport.read_body, transport.source)


def parsed(out: Source, step: Body, context: Any) -> Code:
    """Return the expression for the parsed JSON body."""
    return code(out, "{}(body, scope, {}, {})", reading.parsed_json, step.strict_content_type, context)


def emit_straight_read(
    out: Source, step: ReadBody, body: Body, context: EndpointContext, transport: Transport
) -> None:
    """Write the validation of a JSON body from its bytes."""
    careful = checking.careful_body(step.number, step.lookups, embed=False)
    field, strict = step.lookups[0].field, body.strict_content_type
    read = checking.straight_body(field, careful, strict, context, transport.is_json)
    out.line(
        "{}, errors = {}(body, scope, errors)", slot(step.number), out.bind(read, f"read_body_{step.number}")
    )


def emit_read_form(out: Source, step: ReadBody, *, plainly: bool) -> None:
    """Write the validation of the form fields of one callable, in one call where it reads `plainly`."""
    again = out.bind(checking.careful_form(step.number, step.lookups), f"read_form_{step.number}")
    careful = code(out, "await {}({}, errors)", again, _body(out, step))
    if plainly:
        _emit_check(out, step, careful)
        return
    out.line("{}, errors = {}", slot(step.number), careful)


def _body(out: Source, step: ReadBody) -> Name:
    return out.bind(Undefined, "Undefined") if step.body is None else slot(step.body)


def emit_read_body(out: Source, step: ReadBody) -> None:
    """Write the validation of the values of one callable from a JSON body."""
    body = _body(out, step)
    again = out.bind(
        checking.careful_body(step.number, step.lookups, embed=step.embed), f"read_body_{step.number}"
    )
    if step.embed or step.body is None:
        out.line("{}, errors = {}({}, errors)", slot(step.number), again, body)
        return
    field = step.lookups[0].field
    check = out.bind(field.validator.validate_python, f"check_{step.number}")
    with out.block("try:"):
        with out.block("if {} is {}:", body, out.bind(Undefined, "Undefined")):
            out.line("{}, errors = {}({}, errors)", slot(step.number), again, body)
        with out.block("else:"):
            out.line("{} = {{{}: {}({}, from_attributes=True)}}", slot(step.number), field.name, check, body)
    with out.block("except {}:", ValidationError):
        out.line("{}, errors = {}({}, errors)", slot(step.number), again, body)


def _is_simple(step: Read | ReadBody) -> bool:
    return all(map(simple, step.lookups))


def _taken_from(out: Source, lookups: tuple[Lookup, ...]) -> Code:
    places = {
        "path": code(out, '"path": scope["path_params"]'),
        "query": code(out, '"query": query'),
        "query_lists": code(out, '"query_lists": query_lists'),
        "header": code(out, '"header": headers'),
        "header_lists": code(out, '"header_lists": header_lists'),
        "cookie": code(out, '"cookie": cookies'),
        "body": code(out, '"body": form'),
        "body_lists": code(out, '"body_lists": form_lists'),
    }
    return joined(", ", [places[each] for each in dict.fromkeys(map(_source, lookups))])
