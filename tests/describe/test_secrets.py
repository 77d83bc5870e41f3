import time

import pytest
from pydantic import SecretBytes, SecretStr

from straightway.describe.secrets import MASK, Masker, is_secret, mask_source, mask_text, masked


@pytest.mark.parametrize(
    "name",
    [
        "password", "db_password", "userPassword", "PASSWORD_HASH", "dbpassword", "passwd", "pwd", "secret", "SECRET_KEY",
        "client_secret", "token", "access_token", "accessToken", "csrftoken", "X-Auth-Token", "api_key", "apikey",
        "X-API-Key", "AWS_SECRET_ACCESS_KEY", "aws_access_key_id", "private_key", "Authorization", "Proxy-Authorization",
        "Cookie", "set-cookie", "sessionid", "SENTRY_DSN", "credentials", "jwt", "otp", "signature",
    ],
)  # fmt: skip
def test_names_of_secrets(name):
    """Names in every spelling that people give to secrets are recognised."""
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "author", "monkey", "key", "keyboard", "user_id", "token_url", "token_type", "password_length", "max_tokens",
        "is_authenticated", "session", "auth", "tokenizer", "name", "", "secretary", "cookie_name", "accept", "host",
    ],
)  # fmt: skip
def test_names_that_only_resemble_them(name):
    """A name that merely contains such letters, or is about a secret, hides nothing that is needed for debugging."""
    assert not is_secret(name)


@pytest.mark.parametrize("name", ["key", "X-Key", "session", "auth"])
def test_names_that_others_chose_are_judged_more_strictly(name):
    """A bare `key` in a query string is a key to something; as a variable it is one of a dictionary."""
    assert is_secret(name, sent=True)
    assert not is_secret(name) or name == "X-Key"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("password", "hunter2", MASK),
        ("password", 1234, MASK),
        ("password", None, None),
        ("password", "", ""),
        ("password", True, True),
        ("anything", SecretStr("x"), MASK),
        ("anything", SecretBytes(b"x"), MASK),
        ("name", "ada", "ada"),
        ("settings", {"token": "t", "url": "u", "inner": [{"pwd": "p"}]}, {"token": MASK, "url": "u", "inner": [{"pwd": MASK}]}),
        ("pair", ("a", SecretStr("x")), ("a", MASK)),
        ("url", "postgres://ada:pw@db/shop", "postgres://ada:***@db/shop"),
    ],
)  # fmt: skip
def test_masked_values(name, value, shown):
    """Names, types and texts count, in nested data too; that there is no value is no secret."""
    assert masked(name, value) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "cannot connect to postgres://ada:hunter2@db:5432/shop",
            "cannot connect to postgres://ada:***@db:5432/shop",
        ),
        ("Authorization: Bearer abc.def-123", "Authorization: *** ***"),
        ("got Bearer abcdef123456 today", "got Bearer *** today"),
        ("/login?user=ada&password=hunter2&x=1", "/login?user=ada&password=***&x=1"),
        ('{"api_key": "a b c", "n": 1}', '{"api_key": "***", "n": 1}'),
        ("User(name='ada', password='x y')", "User(name='ada', password='***')"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln is old", "jwt *** is old"),
        ("key AKIAABCDEFGHIJKLMNOP is revoked", "key *** is revoked"),
        ("key sk_live_abcdefghijklmnopqrstuv", "key ***"),
        ("Unexpected token: foo at line 3", "Unexpected token: foo at line 3"),
        ("KeyError: 'password'", "KeyError: 'password'"),
        ("password=None", "password=None"),
        ("{'token': ''}", "{'token': ''}"),
    ],
)
def test_masked_texts(text, shown):
    """What looks like a secret is masked in the middle of a text, and prose is left alone."""
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('password = "hunter2"', 'password = "***"'),
        ('    API_KEY: str = "abc"', '    API_KEY: str = "***"'),
        ('login(password="hunter2")', 'login(password="***")'),
        ('{"password": "hunter2", "a": "b"}', '{"password": "***", "a": "b"}'),
        ("token = await get_token(request)", "token = await get_token(request)"),
        ('engine = create("postgres://a:b@c/d")', 'engine = create("postgres://a:***@c/d")'),
        ('if password == "x": raise Wrong', 'if password == "x": raise Wrong'),
    ],
)
def test_masked_source(line, shown):
    """Literals that are assigned to a secret name are masked; code stays readable."""
    assert mask_source(line) == shown


def test_a_known_secret_is_found_in_every_spelling():
    """As it is, quoted, escaped, percent-encoded, and the password inside of Basic credentials."""
    masker = Masker(['it\'s "so" secret/1', "Basic YWRhOmh1bnRlcjI5OQ=="])
    spellings = [
        'it\'s "so" secret/1',
        'it\\\'s "so" secret/1',
        'it\'s \\"so\\" secret/1',
        "it%27s%20%22so%22%20secret%2F1",
        "it%27s+%22so%22+secret%2F1",
    ]

    for spelling in spellings:
        assert masker.text(f"before {spelling} after") == f"before {MASK} after"
    assert masker.text("wrong: hunter299!") == f"wrong: {MASK}!"
    assert masker.text("sent YWRhOmh1bnRlcjI5OQ==") == f"sent {MASK}"


def test_a_short_secret_is_masked_as_a_word_only():
    """A PIN may stand by chance inside of something longer; what is too short to be told from chance is left."""
    masker = Masker(["1234", "a"])

    assert masker.text("pin 1234, order 912345, a b") == f"pin {MASK}, order 912345, a b"


@pytest.mark.parametrize(
    "hostile",
    ["a" * 50_000, "password=" * 6000, "a:" * 25_000, "://" * 15_000, "'" * 50_000, "eyJ" * 15_000,
     "-----BEGIN " * 5000, "password='" + "\\" * 50_000, "x" * 60 + "=" * 50_000, "Bearer " * 8000],
)  # fmt: skip
def test_no_text_takes_long(hostile):
    """The patterns are met by whatever clients send: their time grows with the length, and no faster."""
    began = time.process_time()

    mask_text(hostile)
    mask_source(hostile)

    assert time.process_time() - began < 3
