"""Open the database: SQLite in a file, or PostgreSQL."""

import sqlite3

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url

# Connections of one server process, and so the sessions that may be open at once (see `dependencies.get_session`).
CONNECTIONS = 20


def open_database(url: str) -> Engine:
    """Return the engine for requests; nothing is connected yet."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5},
        )
    engine = create_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        # Seconds that a writer waits for its turn. A transaction that has read before it writes could not wait: SQLite
        # fails it at once. The driver's transactions begin with the first write, so ours never have.
        connect_args={"timeout": 30},
    )
    event.listen(engine, "connect", _enforce_foreign_keys)
    return engine


def open_for_migration(url: str) -> Engine:
    """Return an engine whose transactions include changes of the schema, and exclude other migrations."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        # Foreign keys stay unenforced: changing a table means replacing it, which would delete what refers to it.
        event.listen(engine, "connect", _write_ahead)
        event.listen(engine, "begin", _begin_as_writer)
    else:
        event.listen(engine, "begin", _lock_migrations)
    return engine


def _enforce_foreign_keys(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


def _write_ahead(connection: sqlite3.Connection, _: object) -> None:
    # Readers and the writer do not wait for each other. The file remembers it.
    connection.execute("PRAGMA journal_mode = WAL")


def _begin_as_writer(connection: Connection) -> None:
    # The driver would not open a transaction for CREATE TABLE, and half a migration could remain.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _lock_migrations(connection: Connection) -> None:
    # Several instances that start together migrate one after the other. The number only has to be ours.
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7231002)")
