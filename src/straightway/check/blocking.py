"""Calls that stop the event loop, and what to write instead.

The rules look for them in source; the watchdog of `straightway dev` sees them happen.
"""

from dataclasses import dataclass

__all__ = [
    "CLIENTS",
    "DATABASES",
    "ENGINES",
    "FILES",
    "HTTP_CALLS",
    "PATH_METHODS",
    "QUERIES",
    "SESSIONS",
    "WAITS",
    "instead_of",
]

WAITS = frozenset({
    "time.sleep", "os.popen",
        "os.system", "os.wait", "os.waitpid", "urllib.request.urlopen", "urllib.request.urlretrieve",
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.getoutput",
    "subprocess.getstatusoutput", "socket.create_connection", "socket.getaddrinfo", "socket.gethostbyname",
    "smtplib.SMTP", "smtplib.SMTP_SSL", "ftplib.FTP", "builtins.input",
})  # fmt: skip
HTTP_CALLS = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "options", "request", "stream", "send"}
)
CLIENTS = frozenset(
    {
        "requests.Session",
        "requests.sessions.Session",
        "requests.session",
        "httpx.Client",
        "httpx2.Client",
        "urllib3.PoolManager",
    }
)
FILES = frozenset({
    "builtins.open", "io.open", "os.listdir", "os.walk", "shutil.copy", "shutil.copy2", "shutil.copyfile",
    "shutil.copyfileobj", "shutil.copytree", "shutil.move", "shutil.rmtree",
})  # fmt: skip
PATH_METHODS = frozenset({"read_text", "read_bytes", "write_text", "write_bytes", "open"})
QUERIES = frozenset({
    "all", "begin", "commit", "connect", "cursor", "delete_many", "delete_one", "exec", "execute", "executemany", "fetchall", "fetchone", "find_one",
    "flush", "get", "hget", "hset", "insert_many", "insert_one", "merge", "publish", "query", "refresh", "rollback", "scalar",
    "scalars", "set", "update_one",
})  # fmt: skip
DATABASES = frozenset({
    "sqlite3.connect", "psycopg2.connect", "psycopg.connect", "psycopg.Connection.connect", "pymysql.connect",
    "MySQLdb.connect", "mysql.connector.connect", "pyodbc.connect", "cx_Oracle.connect", "oracledb.connect",
    "pymssql.connect", "duckdb.connect", "pymongo.MongoClient", "redis.Redis", "redis.StrictRedis", "redis.from_url",
})  # fmt: skip
ENGINES = frozenset({"sqlalchemy.create_engine", "sqlalchemy.engine.create_engine", "sqlmodel.create_engine"})
SESSIONS = frozenset({
    "sqlalchemy.orm.Session", "sqlalchemy.orm.session.Session", "sqlmodel.Session", "sqlite3.Connection", "sqlite3.Cursor",
    "psycopg2.extensions.connection", "psycopg.Connection", "redis.Redis", "pymongo.MongoClient",
    *DATABASES, *ENGINES,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instead:
    """What replaces calls of some modules, classes or functions."""

    names: tuple[str, ...]
    """Dotted; whatever lies below one of them counts too."""
    write: str
    """An expression, or words that stand after "Instead:"."""


_IN_THREAD = "`await run_in_threadpool(...)`"
_TABLE = (
    Instead(("time.sleep",), "`await asyncio.sleep(...)`"),
    Instead(
        ("requests", "httpx", "httpx2", "urllib3", "urllib.request", "http.client"),
        "an asynchronous client, as in `await client.get(...)` of an `httpx.AsyncClient`",
    ),
    Instead(("subprocess", "os.system", "os.popen", "os.wait", "os.waitpid"), "`await anyio.run_process(...)`"),
    Instead(
        ("builtins.open", "io", "_io", "pathlib", "shutil", "os.listdir", "os.walk", "codecs", "zipfile", "tarfile"),
        f"`anyio.open_file(...)` or `anyio.Path(...)`, or {_IN_THREAD}",
    ),
    Instead(("sqlite3",), "an asynchronous driver such as aiosqlite"),
    Instead(("psycopg2", "psycopg"), "`psycopg.AsyncConnection` or asyncpg"),
    Instead(("sqlalchemy", "sqlmodel"), "an `AsyncSession` of `create_async_engine(...)`"),
    Instead(("redis",), "the client in `redis.asyncio`"),
    Instead(("pymongo",), "`pymongo.AsyncMongoClient`"),
    Instead(
        ("pymysql", "MySQLdb", "mysql", "pyodbc", "cx_Oracle", "oracledb", "pymssql", "duckdb"),
        f"an asynchronous driver, or {_IN_THREAD}",
    ),
    Instead(("smtplib", "ftplib", "imaplib", "poplib"), f"an asynchronous client, or {_IN_THREAD}"),
    Instead(("socket", "ssl"), "`await anyio.connect_tcp(...)`"),
    Instead(
        ("bcrypt", "argon2", "passlib", "pwdlib", "hashlib", "_hashlib", "crypt", "scrypt", "cryptography"),
        f"hash in a thread: {_IN_THREAD}",
    ),
    Instead(("threading", "_thread", "queue", "concurrent", "multiprocessing"), f"what anyio has for it, or {_IN_THREAD}"),
)  # fmt: skip


def instead_of(name: str) -> str | None:
    """Return what to write in place of a call by its dotted name, such as `time.sleep`; None for one that is not known."""
    return next(
        (row.write for row in _TABLE for each in row.names if f"{name}.".startswith(f"{each}.")),
        None,
    )
