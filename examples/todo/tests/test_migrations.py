"""The migrations lead to the tables that the models describe, and back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
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


def test_failed_migration_changes_nothing(
    config: Config, engine: Engine, tmp_path: Path, write_migration: Callable[[Path, str], None]
) -> None:
    """A migration that fails half-way is undone, on SQLite too."""
    write_migration(
        tmp_path,
        'op.create_table("extra", sa.Column("id", sa.Integer()))\n    raise RuntimeError("half-way")',
    )
    config.set_main_option("version_locations", f"{PROJECT / 'migrations/versions'}:{tmp_path}")

    with pytest.raises(RuntimeError, match="half-way"):
        command.upgrade(config, "head")

    assert not inspect(engine).has_table("extra")


def test_script_for_an_administrator(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    """The statements can be printed instead of executed."""
    command.upgrade(config, "base:head", sql=True)

    assert "CREATE TABLE todos" in capsys.readouterr().out


@pytest.fixture
def write_migration() -> Callable[[Path, str], None]:
    """Write a migration that follows the newest one."""

    def write(folder: Path, body: str) -> None:
        (folder / "extra.py").write_text(
            "import sqlalchemy as sa\n"
            "from alembic import op\n"
            'revision = "extra"\n'
            'down_revision = "0001"\n'
            f"def upgrade() -> None:\n    {body}\n"
        )

    return write
