"""SW8xx: what is right while developing and wrong in production; only with --deploy."""

import ast
from collections.abc import Iterator

from straightway.check.findings import Found
from straightway.check.model.project import Project
from straightway.check.model.routes import APPLICATIONS, option_of, routers_of


def debug(project: Project) -> Iterator[Found]:
    """Find applications that show their insides to everybody."""
    for router in routers_of(project):
        given = router.option("debug") if router.is_application else None
        if given is not None and project.constant(router.module, given) is True:
            yield Found(
                router.module,
                given,
                "debug=True sends tracebacks with source and values to whoever causes an error",
            )
    for module, node in project.nodes(ast.Assign):
        match node:
            case ast.Assign(
                targets=[ast.Attribute(value=owner, attr="debug")], value=ast.Constant(value=True)
            ):
                found = project.definition(module, owner)
                if (
                    found is not None
                    and isinstance(found.value, ast.Call)
                    and project.framework(found.module, found.value.func) in APPLICATIONS
                ):
                    yield Found(
                        module,
                        node,
                        "debug = True sends tracebacks with source and values to whoever causes an error",
                    )
            case _:
                pass


def reload(project: Project) -> Iterator[Found]:
    """Find servers that watch files and start again."""
    for module, call in project.calls():
        if project.external(module, call.func) not in {"uvicorn.run", "uvicorn.Config", "uvicorn.main.run"}:
            continue
        if project.constant(module, option_of(call, "reload")) is True:
            yield Found(
                module,
                call,
                "reload=True serves with one process that watches files, and drops requests when one changes",
            )
