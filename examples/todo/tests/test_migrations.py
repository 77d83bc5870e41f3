"""The migrations lead to the tables that the models describe, and back."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect

PROJECT = Path(__file__).parents[1]


@pytest.fixture
def config(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Alembic for a database that is at its newest revision."""
    monkeypatch.setenv("TODO_DATABASE_URL", database_url)
    return Config(PROJECT / "alembic.ini")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A look at the database from outside."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


def test_models_match_the_migrated_database(config: Config) -> None:
    """A change of the models without a migration fails here: alembic check finds nothing to do."""
    command.check(config)


def test_downgrade_removes_everything(config: Config, engine: Engine) -> None:
    """Each migration can be taken back, down to an empty database."""
    command.downgrade(config, "base")

    assert inspect(engine).get_table_names() == ["alembic_version"]


def test_upgrade_after_downgrade(config: Config) -> None:
    """The way down leaves nothing behind that is in the way up."""
    command.downgrade(config, "base")
    command.upgrade(config, "head")

    command.check(config)


def test_failed_migration_changes_nothing(config: Config, engine: Engine, tmp_path: Path) -> None:
    """When a migration fails half-way, it and those before it in the same upgrade are undone, on SQLite too."""
    newest = ScriptDirectory.from_config(config).get_current_head()
    write_migration(tmp_path, "works", newest, 'op.create_table("first", sa.Column("id", sa.Integer()))')
    write_migration(
        tmp_path, "fails", "works", 'op.create_table("second", sa.Column("id", sa.Integer())); 1 / 0'
    )
    config.set_main_option("version_locations", f"{PROJECT / 'migrations/versions'}{os.pathsep}{tmp_path}")

    with pytest.raises(ZeroDivisionError):
        command.upgrade(config, "head")

    assert sorted(inspect(engine).get_table_names()) == ["alembic_version", "todos", "users"]


def write_migration(folder: Path, revision: str, after: str | None, body: str) -> None:
    """Write a migration whose upgrade is one line of Python."""
    (folder / f"{revision}.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision = {revision!r}\n"
        f"down_revision = {after!r}\n"
        f"def upgrade() -> None:\n    {body}\n"
    )


def test_script_for_an_administrator(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    """The statements can be printed instead of executed."""
    command.upgrade(config, "base:head", sql=True)

    assert "CREATE TABLE todos" in capsys.readouterr().out
