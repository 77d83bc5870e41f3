"""What the environment may decide, and what it may not."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from straightway.testclient import TestClient
from todo.application import create_app
from todo.settings import DEFAULT_SECRET, Settings

PROJECT = Path(__file__).parents[1]
SECRET = "a-secret-that-only-this-test-knows"


def test_defaults_are_for_development() -> None:
    """Without any variable there is an SQLite file, no other web site, and the published secret."""
    settings = Settings()

    assert settings.environment == "development"
    assert settings.database_url == "sqlite:///todo.db"
    assert settings.cors_origins == ()
    assert settings.has_default_secret


def test_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting has a variable."""
    for name, value in {
        "ENVIRONMENT": "production",
        "SECRET_KEY": SECRET,
        "ACCESS_TOKEN_MINUTES": "5",
        "DATABASE_URL": "postgresql://todo:pass@db.example/todo",
        "CORS_ORIGINS": "https://a.example, http://localhost:3000",
        "MAX_BODY_SIZE": "2048",
    }.items():
        monkeypatch.setenv(f"TODO_{name}", value)

    settings = Settings()

    assert settings.environment == "production"
    assert settings.secret_key.get_secret_value() == SECRET
    assert settings.access_token_minutes == 5
    assert settings.database_url == "postgresql+psycopg://todo:pass@db.example/todo"
    assert settings.cors_origins == ("https://a.example", "http://localhost:3000")
    assert settings.max_body_size == 2048


def test_dot_env_file_decides(tmp_path: Path) -> None:
    """Variables may also stand in a file, next to those of other programs."""
    (tmp_path / ".env").write_text("TODO_ACCESS_TOKEN_MINUTES=7\nPOSTGRES_USER=todo\n")

    assert Settings().access_token_minutes == 7


@pytest.mark.parametrize("variables", [{}, {"TODO_SECRET_KEY": DEFAULT_SECRET}], ids=["not set", "set"])
def test_production_needs_its_own_secret(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    """The published secret is refused in production, with the command that makes another."""
    for name, value in {"TODO_ENVIRONMENT": "production", **variables}.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError, match=r"secrets\.token_urlsafe") as refusal:
        Settings()

    assert DEFAULT_SECRET not in str(refusal.value)


def test_server_does_not_start_with_a_published_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing the application fails in production, so that no server can be running without a secret."""
    monkeypatch.setenv("TODO_ENVIRONMENT", "production")

    process = subprocess.run(
        [sys.executable, "-c", "import todo.main"],
        env={"PYTHONPATH": ":".join([str(PROJECT), *sys.path]), "TODO_ENVIRONMENT": "production"},
        capture_output=True,
        check=False,
        text=True,
    )

    assert process.returncode == 1
    assert "set TODO_SECRET_KEY" in process.stderr


def test_development_is_warned(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """A server that starts with the published secret says so."""
    with caplog.at_level(logging.WARNING, "todo"), TestClient(create_app(settings)):
        pass

    assert "TODO_SECRET_KEY is not set" in caplog.text


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("secret_key", "too-short", "at least 32"),
        ("database_url", "mysql://db.example/todo", "'mysql' is not supported"),
        ("database_url", "postgresql//nobody:hunter2", "not a database address"),
        ("database_url", "sqlite://", "write sqlite:///file"),
        ("database_url", "sqlite:///:memory:", "write sqlite:///file"),
        ("cors_origins", "https://a.example/", "is not an origin"),
        ("cors_origins", "a.example", "is not an origin"),
        ("access_token_minutes", "0", "greater than or equal to 1"),
        ("max_body_size", "1", "greater than or equal to 1024"),
    ],
)
def test_useless_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    """A setting that cannot work is refused at the start, in words that help and without repeating secrets."""
    monkeypatch.setenv(f"TODO_{name.upper()}", value)

    with pytest.raises(ValidationError, match=words) as refusal:
        Settings()

    assert "hunter2" not in str(refusal.value)


def test_settings_can_be_logged() -> None:
    """Neither the secret nor the password of the database is in the representation."""
    settings = Settings(database_url="postgresql://todo:hunter2@db.example/todo")

    assert "hunter2" not in repr(settings)
    assert DEFAULT_SECRET not in repr(settings)
