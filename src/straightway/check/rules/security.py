"""SW7xx: secrets, tokens, origins, and routes that anybody may write to."""

import ast
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator

from straightway.check.findings import Found
from straightway.check.model.project import Project
from straightway.check.model.routes import Served, has_unknown_needs, option_of, served_by
from straightway.check.model.scopes import own_nodes
from straightway.check.model.source import FunctionNode, Module
from straightway.check.rules.protection import is_protected

SECRET_NAME = re.compile(
    r"(^|_)(secret|secret_key|secretkey|jwt_key|signing_key|private_key|api_key|apikey|access_key|auth_token|password|passwd)$",
    re.IGNORECASE,
)
PRETENDED = re.compile(r"(^|_)(fake|test|tests|testing|example|sample|dummy|mock|demo)(_|$)", re.IGNORECASE)
PLACEHOLDER = re.compile(
    r"change[-_ ]?(me|this|it)|^(secret|super[-_]?secret|secret[-_]?key|my[-_]?secret([-_]?key)?|password|admin|default|test|key|dev)$|"
    r"your[-_ ](\w+[-_ ])*(secret|key|token|password)|super[-_ ]?secret|^replace|^todo",
    re.IGNORECASE,
)
TUTORIAL_SECRETS = frozenset({
    # SHA-256 of signing keys that are printed in tutorials, and are therefore known to everybody who guesses.
    "570dad43de1af4c925f92c16a68a50936da42b7dd6fdeb24850507a1199aac89",
})  # fmt: skip
SHORTEST = 8
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OPEN = re.compile(
    r"(^|/|-|_)(login|logout|log-?in|sign-?in|sign-?up|signup|register|registration|token|tokens|auth|oauth2?|refresh|callback|"
    r"webhooks?|hooks?|forgot|reset|recover|recovery|verify|verification|confirm|activate|contact|feedback|health|ping|search|public|session|sessions|graphql|subscribe|unsubscribe|newsletter)"
    r"($|/|-|_|\{)",
    re.IGNORECASE,
)
JWT = frozenset({"jwt.decode", "jose.jwt.decode", "jwt.api_jwt.decode", "jwt.PyJWT.decode"})
JWT_KEYS = frozenset({*JWT, "jwt.encode", "jose.jwt.encode"})


def secrets(project: Project) -> Iterator[Found]:
    """Find secrets that are written into the source."""
    for module, node, name, text in _secrets(project):
        if not is_well_known(text):
            yield Found(
                module, node, f"{name} is written into the source, and so into every copy of the repository"
            )


def tutorial_secrets(project: Project) -> Iterator[Found]:
    """Find secrets that are placeholders, or printed in a tutorial."""
    for module, node, name, text in _secrets(project):
        if is_well_known(text):
            yield Found(
                module,
                node,
                f"{name} has a value that everybody knows: tokens signed with it can be forged by anybody",
            )


def is_well_known(text: str) -> bool:
    """Tell whether a secret is a placeholder or stands in a tutorial."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return bool(PLACEHOLDER.search(text)) or digest in TUTORIAL_SECRETS


def _secrets(project: Project) -> Iterator[tuple[Module, ast.AST, str, str]]:
    seen: set[ast.AST] = set()
    for module, value, name in _places(project):
        place, literal = _literal(project, module, value)
        if literal is not None and literal not in seen and isinstance(literal.value, str):
            seen.add(literal)
            yield place, literal, name, literal.value


def _places(project: Project) -> Iterator[tuple[Module, ast.expr, str]]:
    """Yield what is used as a secret, and what is called one."""
    for module, call in project.calls():
        yield from ((module, value, name) for value, name in _keys(project, module, call))
    for module, node in project.nodes(ast.Assign, ast.AnnAssign):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                value = _default_of(project, module, value)
                is_setting = isinstance(module.scope_of(node), (ast.Module, ast.ClassDef))
                if (
                    is_setting
                    and SECRET_NAME.search(name)
                    and not PRETENDED.search(name)
                    and _looks_secret(value)
                ):
                    yield module, value, name
            case _:
                pass


def _default_of(project: Project, module: Module, value: ast.expr) -> ast.expr:
    """Return the value that `os.getenv(name, value)` or `Field(value)` falls back on, or else what is assigned."""
    if not isinstance(value, ast.Call):
        return value
    dotted = project.external(module, value.func)
    if dotted in {"os.getenv", "os.environ.get"} and len(value.args) > 1:
        return value.args[1]
    if dotted.rpartition(".")[2] == "Field" and dotted.startswith("pydantic"):
        return value.args[0] if value.args else option_of(value, "default") or value
    return value


def _looks_secret(value: ast.expr) -> bool:
    """Long enough, one word, and no address: `PASSWORD = "password"` in a list of field names is none."""
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return False
    text = value.value
    if re.fullmatch(r"(?!CHANGE)[A-Z]+(_[A-Z]+)+", text):
        return False  # the name of a setting or variable
    is_name = re.fullmatch(r"[A-Za-z]+(-[A-Za-z]+)*|[a-z_]+", text) is not None and not PLACEHOLDER.search(
        text
    )
    return (
        bool(text)
        and not re.search(r"\s|://|[{}<>$]", text)
        and (is_well_known(text) or (len(text) >= SHORTEST and not is_name))
    )


def _keys(project: Project, module: Module, call: ast.Call) -> Iterator[tuple[ast.expr, str]]:
    dotted = project.external(module, call.func)
    if dotted in JWT_KEYS:
        key = call.args[1] if len(call.args) > 1 else option_of(call, "key")
        if key is not None:
            yield key, "the key of the token"
    if _middleware(project, module, call) == "SessionMiddleware":
        key = option_of(call, "secret_key")
        if key is not None:
            yield key, "the secret_key of the sessions"
    if (
        dotted
        in {
            "itsdangerous.URLSafeTimedSerializer",
            "itsdangerous.URLSafeSerializer",
            "itsdangerous.TimestampSigner",
            "hmac.new",
        }
        and call.args
    ):
        yield call.args[0], "the signing key"


def _literal(project: Project, module: Module, value: ast.expr) -> tuple[Module, ast.Constant | None]:
    if isinstance(value, ast.Constant):
        return module, value if isinstance(value.value, str) and value.value else None
    if isinstance(value, (ast.Name, ast.Attribute)) and isinstance(project.constant(module, value), str):
        found = project.definition(module, value)
        if found is not None and isinstance(found.value, ast.Constant):
            return found.module, found.value
    return module, None


def _middleware(project: Project, module: Module, call: ast.Call) -> str:
    """Return the class that `add_middleware(...)` or `Middleware(...)` adds."""
    is_adding = isinstance(call.func, ast.Attribute) and call.func.attr == "add_middleware"
    if not call.args or not (is_adding or project.framework(module, call.func) == "Middleware"):
        return ""
    return (
        project.framework(module, call.args[0]) or project.external(module, call.args[0]).rpartition(".")[2]
    )


def cors_for_all(project: Project) -> Iterator[Found]:
    """Find CORS that lets every origin act with the user's cookies."""
    for module, call in project.calls():
        if _middleware(project, module, call) != "CORSMiddleware":
            continue
        allowed = project.constant(module, option_of(call, "allow_origins"))
        pattern = project.constant(module, option_of(call, "allow_origin_regex"))
        with_cookies = project.constant(module, option_of(call, "allow_credentials")) is True
        everybody = (isinstance(allowed, (list, tuple, set, str)) and "*" in allowed) or pattern in {
            ".*",
            "^.*$",
            ".+",
            "https?://.*",
        }
        if with_cookies and everybody:
            yield Found(
                module,
                call,
                "every website may call this API with the cookies of its visitor, and read the answer",
            )


def cors_inside(project: Project) -> Iterator[Found]:
    """Find middleware outside of CORS that answers by itself, so that browsers hide its answer."""
    added: dict[object, list[tuple[Module, ast.Call, str]]] = defaultdict(list)
    for module, call in project.calls():
        if (
            isinstance(call.func, ast.Attribute)
            and call.args
            and call.func.attr in {"add_middleware", "middleware"}
        ):
            # What is added to one application in one place: in another function or file the order is not known.
            application = (module, module.scope_of(call), ast.dump(call.func.value))
            added[application].append((module, call, _middleware(project, module, call)))
    for calls in added.values():
        yield from _outside_cors(project, sorted(calls, key=lambda each: each[1].lineno))


def _outside_cors(project: Project, calls: list[tuple[Module, ast.Call, str]]) -> Iterator[Found]:
    cors = next((number for number, each in enumerate(calls) if each[2] == "CORSMiddleware"), None)
    if cors is None:
        return
    for module, call, name in calls[cors + 1 :]:
        if name in {"TrustedHostMiddleware", "AuthenticationMiddleware"} or _answers(project, module, call):
            yield Found(
                calls[cors][0],
                calls[cors][1],
                f"the middleware added in line {call.lineno} is outside of CORS: browsers hide what it answers by itself",
            )
            return


def _answers(project: Project, module: Module, call: ast.Call) -> bool:
    """Tell whether a middleware of the user's returns a response before it has called what is inside."""
    function = _dispatch(project, module, call)
    if function is None:
        return False
    home, node = function
    inside = [
        each.lineno
        for each in own_nodes(node)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "call_next"
    ]
    return any(
        isinstance(each, ast.Return)
        and each.lineno < min(inside, default=each.lineno + 1)
        and isinstance(each.value, ast.Call)
        and project.framework(home, each.value.func).endswith("Response")
        for each in own_nodes(node)
    )


def _dispatch(project: Project, module: Module, call: ast.Call) -> tuple[Module, FunctionNode] | None:
    parent = module.parents.get(call)
    if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return module, parent
    found = project.definition(module, call.args[0]) if call.args else None
    for each in found.cls.body if found is not None and found.cls is not None else ():
        if isinstance(each, ast.AsyncFunctionDef) and each.name == "dispatch" and found is not None:
            return found.module, each
    return None


def unpinned_tokens(project: Project) -> Iterator[Found]:
    """Find tokens that are decoded without saying how they must be signed."""
    for module, call in project.calls():
        if project.external(module, call.func) not in JWT or any(each.arg is None for each in call.keywords):
            continue
        what = _unpinned(project, module, call)
        if what:
            yield Found(module, call, f"the token is decoded {what}: whoever made it up is believed")


def _unpinned(project: Project, module: Module, call: ast.Call) -> str:
    options = project.constant(module, option_of(call, "options"))
    if isinstance(options, dict) and options.get("verify_signature") is False:
        return "without verifying its signature"
    if project.constant(module, option_of(call, "verify")) is False:
        return "without verifying its signature"
    given = call.args[2] if len(call.args) > 2 else option_of(call, "algorithms")
    if given is None:
        return "without `algorithms`"
    value = project.constant(module, given)
    if value is None or (
        isinstance(value, (list, tuple, set))
        and (not value or "none" in {str(each).lower() for each in value})
    ):
        return "with algorithms that accept an unsigned one"
    return (
        "with the algorithm that its own header names"
        if "get_unverified_header" in _origin(project, module, given)
        else ""
    )


def _origin(project: Project, module: Module, value: ast.expr) -> str:
    """Return the source of an expression with its local names replaced by what they were assigned."""
    text = ast.unparse(value)
    for node in ast.walk(value):
        found = project.lookup(module, node) if isinstance(node, ast.Name) else None
        if found is not None and found[1].value is not None:
            text += ast.unparse(found[1].value)
    return text


def open_writes(project: Project) -> Iterator[Found]:
    """Find routes that write without asking who calls, beside routes that do ask."""
    for listed in served_by(project):
        groups: dict[str, list[Served]] = defaultdict(list)
        for served in listed:
            if served.path is not None and not has_unknown_needs(project, served):
                groups[_resource(served.path)].append(served)
        groups.pop("/", None)  # paths that begin with a parameter have nothing in common
        for siblings in groups.values():
            yield from _unprotected(project, siblings)


def _resource(path: str) -> str:
    """Return the path up to its first parameter: what the siblings have in common."""
    return path.partition("{")[0].rstrip("/") or "/"


def _unprotected(project: Project, siblings: list[Served]) -> Iterator[Found]:
    protected = [each for each in siblings if is_protected(project, each)]
    others = len(siblings) - len(protected)
    if not any(WRITES & set(each.route.methods) for each in protected) and (len(protected) < 2 or others > 1):
        return
    for served in siblings:
        route = served.route
        if (
            served in protected
            or not WRITES & set(route.methods)
            or OPEN.search(served.path or "")
            or _is_entrance(served)
        ):
            continue
        beside = protected[0]
        yield Found(
            route.module,
            route.call,
            f"{route.methods[0]} {served.path} asks nobody who they are, and {beside.route.methods[0]} {beside.path} beside it does",
        )


def _is_entrance(served: Served) -> bool:
    """Creating an account, or a session, is what a stranger must be able to do."""
    function = served.route.function
    name = function.node.name if function else ""
    return bool(OPEN.search(name)) or (
        set(served.route.methods) == {"POST"}
        and bool(re.search(r"(^|_)(create|add|new)_?(user|account|customer|member)s?$", name))
    )
