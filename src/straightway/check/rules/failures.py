"""SW6xx: exceptions that are not raised, handlers that are never asked, tasks that never run."""

import ast
from collections.abc import Iterator

from straightway.check.findings import Edit, Found
from straightway.check.model.classes import ancestors_of
from straightway.check.model.project import Definition, Project
from straightway.check.model.routes import endpoint_functions, middleware_of
from straightway.check.model.scopes import own_nodes
from straightway.check.model.source import Module
from straightway.check.rules.problems import is_problem

EXCEPTIONS = frozenset({"HTTPException", "RequestValidationError"})


def returned_exceptions(project: Project) -> Iterator[Found]:
    """Find `return HTTPException(...)`, which answers 200."""
    for function, _ in endpoint_functions(project):
        for node in own_nodes(function.node):
            if not isinstance(node, ast.Return) or not isinstance(node.value, ast.Call):
                continue
            name = _exception(project, function.module, node.value)
            if name:
                start = (node.lineno, node.col_offset)
                edit = Edit(start, (node.lineno, node.col_offset + len("return")), "raise")
                yield Found(
                    function.module,
                    node,
                    f"the {name} is returned, not raised: the client gets status 200 or a failure to serialise it",
                    f"write raise {name}(...)",
                    (edit,),
                )


def _exception(project: Project, module: Module, call: ast.Call) -> str:
    found = project.resolve(module, call.func)
    for each in ancestors_of(project, found):
        last = each.rpartition(".")[2] if isinstance(each, str) else ""
        if last in EXCEPTIONS or (isinstance(each, str) and is_problem(project, each)):
            return found.name if isinstance(found, Definition) else last
    return ""


def raised_outside(project: Project) -> Iterator[Found]:
    """Find HTTP exceptions raised in middleware, which is outside of what answers them."""
    for module, function in middleware_of(project):
        for node in own_nodes(function):
            if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
                continue
            name = _exception(project, module, node.exc)
            if name and not any(isinstance(each, ast.Try) for each in module.ancestors(node)):
                yield Found(
                    module,
                    node,
                    f"the {name} is raised in middleware, outside of the exception handlers: the client gets 500",
                )


def replaced_handlers(project: Project) -> Iterator[Found]:
    """Find exception handlers that another one replaces, or that can never be asked."""
    known: dict[tuple[ast.AST | str, str], tuple[Module, ast.Call]] = {}
    for module, call, key in _handlers(project):
        owner = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        found = project.definition(module, owner)
        holder = found.node if found is not None else ast.dump(owner)
        earlier = known.get((holder, key))
        if earlier is not None and not _branch(earlier[0], earlier[1]) and not _branch(module, call):
            yield Found(
                earlier[0],
                earlier[1],
                f"this handler is never called: the one in {module.path.name}:{call.lineno} replaces it",
                "remove one of the two, or merge them",
            )
        known[holder, key] = (module, call)
    yield from _late_clauses(project)


def _branch(module: Module, node: ast.AST) -> bool:
    return any(isinstance(each, (ast.If, ast.Try, ast.Match)) for each in module.ancestors(node))


def _handlers(project: Project) -> Iterator[tuple[Module, ast.Call, str]]:
    for module, call in project.calls():
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in {
            "exception_handler",
            "add_exception_handler",
        }:
            continue
        if call.args:
            key = _handled(project, module, call.args[0])
            if key:
                yield module, call, key


def _handled(project: Project, module: Module, expression: ast.expr) -> str:
    """Name what a handler is for; 500 and Exception are one, as the framework sees it."""
    status = project.constant(module, expression)
    if isinstance(status, int):
        return "Exception" if status == 500 else str(status)
    found = project.resolve(module, expression)
    if isinstance(found, Definition):
        return f"{found.module.name}.{found.name}:{id(found.node)}"
    if found and found.rpartition(".")[2] == "HTTPException":
        return found  # FastAPI's is a subclass of Starlette's: each may have a handler
    return found.rpartition(".")[2] if found else ""


def _late_clauses(project: Project) -> Iterator[Found]:
    """Find `except` clauses below one that catches the same and more."""
    for module, node in project.nodes(ast.Try):
        caught: list[str] = []
        for handler in node.handlers if isinstance(node, ast.Try) else ():
            names = [project.resolve(module, each) for each in _types(handler)]
            lineages = [_lineage(project, each) for each in names]
            if lineages and all(any(name in lineage for name in caught) for lineage in lineages):
                yield Found(
                    module,
                    handler,
                    "this `except` is never reached: one above it catches the same and more",
                    "put the narrower exception first",
                )
            caught += [lineage[0] for lineage in lineages if lineage]


def _types(handler: ast.ExceptHandler) -> list[ast.expr]:
    if handler.type is None:
        return []
    return handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]


def _lineage(project: Project, found: Definition | str | None) -> list[str]:
    """Return the names of an exception class and of what it derives from, builtin ones included."""
    names: list[str] = []
    for each in ancestors_of(project, found):
        if isinstance(each, Definition):
            names.append(f"{each.module.name}.{each.name}")
            continue
        names.append(each)
        builtin = _builtin(each)
        names += [f"builtins.{base.__name__}" for base in builtin.__mro__[1:-1]] if builtin else []
        if each.rpartition(".")[2] in EXCEPTIONS:
            names.append("builtins.Exception")
    return names


def _builtin(dotted: str) -> type[BaseException] | None:
    import builtins

    found = getattr(builtins, dotted.removeprefix("builtins."), None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def lost_tasks(project: Project) -> Iterator[Found]:
    """Find background tasks that are added after a `raise`, or just before one."""
    for module, node in project.nodes(ast.Call):
        if not isinstance(node, ast.Call) or not _adds_task(project, module, node):
            continue
        statement = module.parents.get(node)
        statement = module.parents.get(statement) if isinstance(statement, ast.Await) else statement
        block = _block(module, statement) if isinstance(statement, ast.Expr) else []
        position = block.index(statement) if isinstance(statement, ast.Expr) and statement in block else 0
        if any(isinstance(each, (ast.Raise, ast.Return)) for each in block[:position]):
            yield Found(module, node, "this background task is never added: the function has ended above it")
        elif _then_raises(block[position + 1 :]) and not _is_caught(module, node):
            yield Found(
                module,
                node,
                "this background task never runs: the exception raised below it is answered without the tasks",
                "call the function before raising, or give the task to a response that an exception handler returns",
            )


def _then_raises(following: list[ast.stmt]) -> bool:
    plain = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)
    for each in following:
        if isinstance(each, ast.Raise):
            return True
        if not isinstance(each, plain):
            return False
    return False


def _is_caught(module: Module, node: ast.AST) -> bool:
    return any(isinstance(each, ast.Try) and each.handlers for each in module.ancestors(node))


def _adds_task(project: Project, module: Module, call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(attr="add_task", value=ast.Name() as owner):
            found = project.lookup(module, owner)
            annotation = found[1].annotation if found else None
            return annotation is not None and project.framework(module, annotation) == "BackgroundTasks"
        case _:
            return False


def _block(module: Module, statement: ast.stmt) -> list[ast.stmt]:
    parent = module.parents.get(statement)
    for _, value in ast.iter_fields(parent) if parent else ():
        if isinstance(value, list) and statement in value:
            return [each for each in value if isinstance(each, ast.stmt)]
    return []
