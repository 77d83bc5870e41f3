"""How Alembic reaches the database, and the tables that it should have."""

from logging.config import fileConfig
from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from todo.database import open_for_migration
from todo.models import Table
from todo.settings import Settings


def plain_type(kind: str, item: object, _: Any) -> str | Literal[False]:
    """Write our own types into new migrations as what they are in the database: old migrations outlive old code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def write_script() -> None:
    """Print the statements of `alembic upgrade --sql`, for a database that only its administrator may change."""
    context.configure(
        url=Settings().database_url, target_metadata=Table.metadata, literal_binds=True, render_as_batch=True
    )
    with context.begin_transaction():
        context.run_migrations()


def migrate() -> None:
    """Change the database, completely or not at all."""
    with open_for_migration(Settings().database_url).connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Table.metadata,
            transactional_ddl=True,
            # SQLite cannot change a column: the table is replaced. Other databases get plain ALTER TABLE.
            render_as_batch=True,
            render_item=plain_type,
        )
        with context.begin_transaction():
            context.run_migrations()


# On the command line only: a test or a program that migrates keeps its own logging.
if context.config.cmd_opts is not None and context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)

if context.is_offline_mode():
    write_script()
else:
    migrate()
