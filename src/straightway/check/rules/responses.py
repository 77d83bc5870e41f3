"""SW5xx: answers that tell too much, or not what was declared."""

import ast
import re
from collections.abc import Iterator

from straightway.check.findings import Found
from straightway.check.model.annotations import Annotation, annotation_of, class_of, container_of
from straightway.check.model.classes import Field, ancestors_of, fields_of, is_model, is_table, models_in
from straightway.check.model.functions import Function
from straightway.check.model.project import UNKNOWN, Definition, Project
from straightway.check.model.routes import Route, Served, has_unknown_needs, routes_of, served_by
from straightway.check.model.scopes import own_nodes
from straightway.check.model.source import Module
from straightway.check.rules.objects import type_of
from straightway.check.rules.protection import is_protected

SENSITIVE = re.compile(
    r"(^|_)(password|passwd|passphrase|pass(word)?_hash|hashed_pass(word)?|password_hash|secret(_key)?|private_key|"
    r"api_secret|ssn|social_security_number|card_number|cvv|cvc)$"
)
EMPTY = frozenset({204, 205, 304})
GETTERS = frozenset({"get", "get_one", "query"})
RESULTS = frozenset({
    "all", "filter", "filter_by", "first", "limit", "offset", "one", "one_or_none", "order_by", "scalar_one",
    "scalar_one_or_none", "scalars",
})  # fmt: skip
DEEPEST = 5


def sensitive_fields(project: Project) -> Iterator[Found]:
    """Find response models that carry a password or another secret (and are not what was sent)."""
    for route, model, field in _leaks(project):
        if model not in _inputs(project, route):
            yield Found(
                route.module,
                route.call,
                f"the answer of {_name(route)} is a {model.name}, which has the field {field.name}",
            )


def same_model(project: Project) -> Iterator[Found]:
    """Find models with a password that are read from the body and sent back."""
    for route, model, field in _leaks(project):
        if model in _inputs(project, route):
            yield Found(
                route.module,
                route.call,
                f"{model.name} is both body and answer of {_name(route)}: its {field.name} is sent back",
                f"answer with a model of its own without {field.name}",
            )


def _leaks(project: Project) -> Iterator[tuple[Route, Definition, Field]]:
    for route in routes_of(project):
        answer = answer_of(project, route)
        if answer is None or route.option("response_model_include") is not None:
            continue
        left_out = project.constant(route.module, route.option("response_model_exclude"))
        excluded = set(left_out) if isinstance(left_out, (set, list, tuple, dict)) else set()
        if left_out is UNKNOWN and route.option("response_model_exclude") is not None:
            continue
        for model in models_in(project, answer):
            field = _sensitive(project, model, excluded, 0)
            if field is not None:
                yield route, model, field
                break


def answer_of(project: Project, route: Route) -> Annotation | None:
    """Return the type of a route's answer: the response model, or else the return annotation."""
    given = route.option("response_model")
    if given is not None:
        is_none = isinstance(given, ast.Constant) and given.value is None
        return None if is_none else annotation_of(project, route.module, given)
    if route.function is None or route.function.node.returns is None:
        return None
    return annotation_of(project, route.function.module, route.function.node.returns)


def _sensitive(project: Project, model: Definition, excluded: set[object], depth: int) -> Field | None:
    for field in fields_of(project, model).values():
        if field.name in excluded or _is_hidden(project, field):
            continue
        if SENSITIVE.search(field.name) and _is_text(project, field):
            return field
        for inner in models_in(project, field.annotation) if depth < DEEPEST else ():
            found = _sensitive(project, inner, set(), depth + 1) if inner is not model else None
            if found is not None:
                return found
    return None


def _is_text(project: Project, field: Field) -> bool:
    """A SecretStr is masked in JSON, and a flag such as `has_password: bool` gives nothing away."""
    found = class_of(project, field.annotation)
    return found in {"builtins.str", "builtins.bytes", "pydantic.EmailStr"}


def _is_hidden(project: Project, field: Field) -> bool:
    values = [(field.module, field.node.value), *field.annotation.metadata]
    return any(
        isinstance(value, ast.Call)
        and any(
            each.arg == "exclude" and project.constant(module, each.value) is True for each in value.keywords
        )
        for module, value in values
    )


def _inputs(project: Project, route: Route) -> list[Definition]:
    if route.function is None:
        return []
    return [
        model
        for parameter in route.function.parameters
        if parameter.annotation is not None
        and (parameter.marker is None or parameter.marker.kind in {"Body", "Form"})
        for model in models_in(project, parameter.annotation)
    ]


def _name(route: Route) -> str:
    return f"{route.methods[0] if route.methods else 'the route'} {route.path or ''}".strip()


def without_model(project: Project) -> Iterator[Found]:
    """Find public routes that answer with a stored object, or one with a password, as it is."""
    seen: set[Route] = set()
    for served in (each for listed in served_by(project) for each in listed):
        route = served.route
        if (
            route in seen
            or route.function is None
            or not _is_unfiltered(route)
            or not _is_public(project, served)
        ):
            continue
        seen.add(route)
        for node in own_nodes(route.function.node):
            model = (
                _stored(project, route.function, node.value)
                if isinstance(node, ast.Return) and node.value
                else None
            )
            if model is not None:
                yield Found(
                    route.module,
                    node,
                    f"{_name(route)} is public and sends a {model.name} with all its fields: it declares no response model",
                )
                break


def _is_unfiltered(route: Route) -> bool:
    """Neither a response model nor a return annotation says what is sent."""
    given = route.option("response_model")
    if given is not None:
        return isinstance(given, ast.Constant) and given.value is None
    return (
        route.function is not None
        and route.function.node.returns is None
        and route.option("response_class") is None
    )


def _is_public(project: Project, served: Served) -> bool:
    return not has_unknown_needs(project, served) and not is_protected(project, served)


def _stored(project: Project, function: Function, value: ast.expr, depth: int = 0) -> Definition | None:
    """Return the class of the stored object (or list of them) that an expression gives."""
    module = function.module
    if depth > DEEPEST:
        return None
    if isinstance(value, ast.Await):
        return _stored(project, function, value.value, depth)
    if isinstance(value, ast.Name):
        found = project.lookup(module, value)
        if found is None or found[0] is not function.node:
            return None
        if found[1].kind == "parameter":
            return None
        return _stored(project, function, found[1].value, depth + 1) if found[1].value is not None else None
    if not isinstance(value, ast.Call):
        return None
    return _made(project, module, value) or _fetched(project, function, value, depth)


def _made(project: Project, module: Module, call: ast.Call) -> Definition | None:
    found = project.definition(module, call.func)
    if found is None or found.cls is None:
        return None
    is_secret = is_model(project, found) and _sensitive(project, found, set(), 0) is not None
    return found if is_table(project, found) or is_secret else None


def _fetched(project: Project, function: Function, call: ast.Call, depth: int) -> Definition | None:
    """Recognise `session.get(User, 1)`, `db.query(User).first()`, `session.exec(select(User)).all()`."""
    if not isinstance(call.func, ast.Attribute):
        return None
    method, owner = call.func.attr, call.func.value
    if method in GETTERS and call.args and "Session" in type_of(project, function.module, owner):
        found = project.definition(function.module, call.args[0])
        return found if is_table(project, found) else None
    if method in {"exec", "execute", "scalars", "scalar"} and call.args:
        return _selected(project, function, call.args[0], depth)
    return _stored(project, function, owner, depth + 1) if method in RESULTS else None


def _selected(project: Project, function: Function, statement: ast.expr, depth: int) -> Definition | None:
    while isinstance(statement, ast.Call) and isinstance(statement.func, ast.Attribute):
        statement = statement.func.value
    if isinstance(statement, ast.Name) and depth < DEEPEST:
        found = project.lookup(function.module, statement)
        kept = found[1].value if found else None
        return _selected(project, function, kept, depth + 1) if kept is not None else None
    if (
        isinstance(statement, ast.Call)
        and len(statement.args) == 1
        and project.external(function.module, statement.func).endswith(".select")
    ):
        selected = project.definition(function.module, statement.args[0])
        return selected if is_table(project, selected) else None
    return None


def contradictions(project: Project) -> Iterator[Found]:
    """Find response models that say something else than the return annotation."""
    for route in routes_of(project):
        given, function = route.option("response_model"), route.function
        if given is None or function is None or function.node.returns is None:
            continue
        declared = annotation_of(project, route.module, given)
        returned = annotation_of(project, function.module, function.node.returns)
        if _contradict(project, declared, returned):
            yield Found(
                route.module,
                given,
                f"response_model is {ast.unparse(given)}, but {function.node.name}() is annotated with {ast.unparse(function.node.returns)}",
            )


def _contradict(project: Project, declared: Annotation, returned: Annotation) -> bool:
    first, second = models_in(project, declared), models_in(project, returned)
    if not first or not second:
        return False
    if container_of(project, declared) != container_of(project, returned):
        # Pages and other generics of the user's may be made of lists.
        return all(
            container_of(project, each) or is_model(project, class_of(project, each))
            for each in (declared, returned)
        )
    if len(first) != 1 or len(second) != 1:
        return False
    ancestors = {each for each in ancestors_of(project, second[0]) if isinstance(each, Definition)}
    # Another model, or a stored object, that has every field is a filter, and a common one.
    return first[0] not in ancestors and bool(
        _required(project, first[0]) - fields_of(project, second[0]).keys()
    )


def _required(project: Project, model: Definition) -> set[str]:
    return {name for name, field in fields_of(project, model).items() if field.node.value is None}


def body_of_nothing(project: Project) -> Iterator[Found]:
    """Find bodies in answers whose status forbids one."""
    for route in routes_of(project):
        status = project.constant(route.module, route.option("status_code"))
        if status not in EMPTY or route.function is None or _sets_status(route.function):
            continue
        for node in own_nodes(route.function.node):
            if (
                isinstance(node, ast.Return)
                and node.value is not None
                and _is_content(project, route.function.module, node.value)
            ):
                yield Found(
                    route.module,
                    node,
                    f"{_name(route)} answers with status {status}, which has no body, and returns one",
                    "return nothing and annotate the function with -> None, or use status 200",
                )


def _sets_status(function: Function) -> bool:
    return any(
        isinstance(each, ast.Attribute) and each.attr == "status_code" and isinstance(each.ctx, ast.Store)
        for each in own_nodes(function.node)
    )


def _is_content(project: Project, module: Module, value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=None):
            return False
        case (
            ast.Constant()
            | ast.Dict()
            | ast.List()
            | ast.Tuple()
            | ast.JoinedStr()
            | ast.DictComp()
            | ast.ListComp()
        ):
            return True
        case ast.Call(func=func):
            if project.framework(module, func) == "JSONResponse":
                content = (
                    value.args[0]
                    if value.args
                    else next((each.value for each in value.keywords if each.arg == "content"), None)
                )
                return content is not None and project.constant(module, content) is not None
            return is_model(project, project.definition(module, func))
        case ast.Name():
            found = project.lookup(module, value)
            return (
                found is not None
                and found[1].kind == "value"
                and found[1].value is not None
                and not isinstance(found[1].value, ast.Name)
                and _is_content(project, module, found[1].value)
            )
        case _:
            return False


def status_in_tuple(project: Project) -> Iterator[Found]:
    """Find `return {...}, 404`, which sends a list with status 200."""
    for route in routes_of(project):
        for node in own_nodes(route.function.node) if route.function else ():
            match node:
                case ast.Return(value=ast.Tuple(elts=[_, last])):
                    status = project.constant(route.module, last)
                    if (
                        isinstance(status, int)
                        and not isinstance(status, bool)
                        and 100 <= status <= 599
                        and _is_answer(node)
                    ):
                        yield Found(
                            route.module,
                            node,
                            f"the tuple is sent as a JSON list with status 200: {status} is part of the body",
                        )
                case _:
                    pass


def _is_answer(node: ast.Return) -> bool:
    first = node.value.elts[0] if isinstance(node.value, ast.Tuple) else None
    return isinstance(first, (ast.Dict, ast.Call, ast.JoinedStr, ast.List)) or (
        isinstance(first, ast.Constant) and (first.value is None or isinstance(first.value, str))
    )
