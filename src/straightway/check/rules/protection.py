"""Which routes ask who is calling."""

import ast
import re

from straightway.check.model.classes import ancestors_of
from straightway.check.model.functions import Dependency
from straightway.check.model.project import Definition, Project
from straightway.check.model.routes import Served, needs_of

SCHEMES = frozenset({
    "APIKeyCookie", "APIKeyHeader", "APIKeyQuery", "HTTPBasic", "HTTPBearer", "HTTPDigest", "OAuth2",
    "OAuth2AuthorizationCodeBearer", "OAuth2PasswordBearer", "OpenIdConnect",
})  # fmt: skip
GUARDS = re.compile(
    r"(current_|active_|logged_in_|authenticated_)?(user|principal|account|admin|staff|superuser)$|auth|token|permission|"
    r"^(require|requires|verify|protect|guard|login_required|is_admin|check_(access|api_?key|token|user|role|admin|scope))|"
    r"api_?key|role|credential|identity|claims|session_user|jwt",
    re.IGNORECASE,
)


def is_protected(project: Project, served: Served) -> bool:
    """Tell whether something that a route depends upon asks who is calling."""
    return any(is_guard(project, each) for each in needs_of(project, served))


def is_guard(project: Project, dependency: Dependency) -> bool:
    """Tell whether a dependency is a security scheme, or is called like something that decides who may."""
    if dependency.marker is not None and dependency.marker.kind == "Security":
        return True
    expression = dependency.expression
    named = expression.func if isinstance(expression, ast.Call) else expression
    found = dependency.definition
    if isinstance(found, Definition) and isinstance(found.value, ast.Call):
        if _is_scheme(project, project.resolve(found.module, found.value.func)):
            return True
    elif isinstance(expression, ast.Call) and _is_scheme(project, project.resolve(dependency.module, named)):
        return True
    last = named.attr if isinstance(named, ast.Attribute) else named.id if isinstance(named, ast.Name) else ""
    return bool(GUARDS.search(last)) or (isinstance(found, Definition) and bool(GUARDS.search(found.name)))


def _is_scheme(project: Project, found: Definition | str | None) -> bool:
    return any(
        isinstance(each, str) and each.rpartition(".")[2] in SCHEMES for each in ancestors_of(project, found)
    )
