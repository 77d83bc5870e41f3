import pytest

from straightway.check import blocking
from straightway.check.blocking import instead_of


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("time.sleep", "asyncio.sleep"),
        ("requests.api.get", "AsyncClient"),
        ("httpx._client.Client.get", "AsyncClient"),
        ("subprocess.run", "run_process"),
        ("sqlite3.Cursor.execute", "aiosqlite"),
        ("sqlalchemy.orm.session.Session.execute", "AsyncSession"),
        ("_hashlib.pbkdf2_hmac", "run_in_threadpool"),
        ("bcrypt.hashpw", "run_in_threadpool"),
        ("_io.open", "anyio"),
        ("redis.client.Redis.get", "redis.asyncio"),
    ],
)
def test_what_to_write_instead(name, word):
    """By the dotted name of what is called, or of the module that it comes from."""
    instead = instead_of(name)

    assert instead is not None
    assert word in instead


@pytest.mark.parametrize("name", ["time.sleeper", "requestsx.get", "shop.main.total", "builtins.sum", ""])
def test_what_is_not_known(name):
    """A name that only begins like a known one is another one."""
    assert instead_of(name) is None


def test_whatever_the_rules_find_has_a_remedy():
    """The table knows every call that the rules look for, but for those that have no asynchronous kin."""
    looked_for = {*blocking.WAITS, *blocking.FILES, *blocking.DATABASES, *blocking.CLIENTS}

    assert {name for name in looked_for if instead_of(name) is None} == {"builtins.input"}
