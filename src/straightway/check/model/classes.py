"""Classes of the user's: what they derive from and which fields they have."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from straightway.check.model.annotations import Annotation, annotation_of, leaves_of
from straightway.check.model.project import Definition, Project
from straightway.check.model.source import Module

__all__ = ["Field", "ancestors_of", "fields_of", "is_model", "is_table", "models_in"]

MODELS = frozenset(
    {"pydantic.BaseModel", "pydantic.main.BaseModel", "sqlmodel.SQLModel", "sqlmodel.main.SQLModel"}
)
TABLES = ("sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.decl_api.DeclarativeBase")
DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a model: its name, annotation and value, and the module they are written in."""

    name: str
    module: Module
    node: ast.AnnAssign
    annotation: Annotation


def ancestors_of(
    project: Project, found: Definition | str | None, depth: int = 0
) -> Iterator[Definition | str]:
    """Yield a class and all that it derives from, the user's as definitions, others by their dotted names."""
    if found is None or depth > DEEPEST:
        return
    yield found
    if isinstance(found, Definition):
        for base in found.cls.bases if found.cls else ():
            head = base.value if isinstance(base, ast.Subscript) else base
            yield from ancestors_of(project, project.resolve(found.module, head), depth + 1)
        if found.value is not None and isinstance(found.value, ast.Call):
            yield project.external(found.module, found.value.func)


def is_model(project: Project, found: Definition | str | None) -> bool:
    """Tell whether a class is a Pydantic model of the user's."""
    return isinstance(found, Definition) and any(
        each in MODELS for each in ancestors_of(project, found) if isinstance(each, str)
    )


def is_table(project: Project, found: Definition | str | None) -> bool:
    """Tell whether a class is stored in a database: SQLAlchemy's declarative classes, SQLModel's with `table=True`."""
    if not isinstance(found, Definition) or found.cls is None:
        return False
    for each in ancestors_of(project, found):
        if isinstance(each, str) and (each in TABLES or each.endswith(".declarative_base")):
            return True
    return any(
        keyword.arg == "table" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in found.cls.keywords
    )


def fields_of(project: Project, found: Definition) -> dict[str, Field]:
    """Return the annotated fields of a class, inherited ones first."""
    fields: dict[str, Field] = {}
    lineage = [each for each in ancestors_of(project, found) if isinstance(each, Definition) and each.cls]
    for each in reversed(lineage):
        for node in each.cls.body if each.cls else ():
            match node:
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                    fields[name] = Field(
                        name, each.module, node, annotation_of(project, each.module, annotation)
                    )
                case ast.Assign(targets=[ast.Name(id=name)]) if name in fields and _is_none(node.value):
                    del fields[name]
                case _:
                    pass
    return fields


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def models_in(project: Project, annotation: Annotation) -> list[Definition]:
    """List the models that a type is made of."""
    found: list[Definition] = []
    for module, leaf in leaves_of(project, annotation):
        definition = project.definition(module, leaf)
        if definition is not None and is_model(project, definition) and definition not in found:
            found.append(definition)
    return found
