"""Logging in, and what a token must be."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import jwt
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session, select

from straightway.testclient import TestClient
from todo.database import open_database
from todo.models import User
from todo.security import hash_password, verify_password
from todo.settings import Settings

PASSWORD = "correct horse battery"


def test_token_opens_the_account(client: TestClient, ann: dict[str, str]) -> None:
    """The right email and password are exchanged for a token that works, and that no cache keeps."""
    del ann

    response = client.post("/auth/token", data={"username": "ann@example.com", "password": PASSWORD})

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    token = response.json()
    assert (token["token_type"], token["expires_in"]) == ("bearer", 1800)
    me = client.get("/users/me", headers={"Authorization": f"Bearer {token['access_token']}"})
    assert me.json()["email"] == "ann@example.com"


def test_token_says_who_when_and_until_when(
    client: TestClient, ann: dict[str, str], settings: Settings
) -> None:
    """The claims are sub, iat and exp, signed with HS256."""
    token = ann["Authorization"].removeprefix("Bearer ")

    claims = jwt.decode(token, settings.secret_key.get_secret_value(), algorithms=["HS256"])

    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    assert claims.keys() == {"sub", "iat", "exp"}
    assert claims["exp"] - claims["iat"] == 1800
    assert claims["sub"] == client.get("/users/me", headers=ann).json()["id"]


def test_email_is_recognised_in_any_case(client: TestClient, ann: dict[str, str]) -> None:
    """People write their address as they like."""
    del ann

    response = client.post("/auth/token", data={"username": "Ann@EXAMPLE.com", "password": PASSWORD})

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("ann@example.com", "wrong horse battery"),
        ("bob@example.com", PASSWORD),
        ("nobody", PASSWORD),
        ("ann@example.com\x00", PASSWORD),
        ("ann@example.com", "\udcff".encode("utf-8", "surrogatepass")),
    ],
    ids=["wrong password", "unknown user", "no email", "NUL", "no text"],
)
def test_wrong_credentials_are_refused_alike(
    client: TestClient, ann: dict[str, str], username: str, password: str
) -> None:
    """The answer does not tell whether the user exists."""
    del ann

    response = client.post("/auth/token", data={"username": username, "password": password})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json() == {
        "code": "invalid_credentials",
        "message": "The email or the password is wrong.",
        "details": [],
    }


def test_unknown_user_costs_as_much_as_a_wrong_password() -> None:
    """Without a user, a hash of the same strength is computed, so the time of an answer tells nothing."""
    from todo.security import _nobodys_hash

    strength = "$argon2id$v=19$m=65536,t=3,p=4$"
    assert hash_password(PASSWORD).startswith(strength)
    assert _nobodys_hash.startswith(strength)
    assert verify_password(PASSWORD, None)[0] is False


def test_weak_hash_is_replaced_at_login(client: TestClient, ann: dict[str, str], settings: Settings) -> None:
    """A password that was hashed with less effort than today's is hashed again when its owner logs in."""
    del ann
    weak = PasswordHash([Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)]).hash(PASSWORD)
    engine = open_database(settings.database_url)
    with Session(engine) as session:
        user = session.exec(select(User)).one()
        user.password_hash = weak
        session.commit()

    response = client.post("/auth/token", data={"username": "ann@example.com", "password": PASSWORD})

    assert response.status_code == 200
    with Session(engine) as session:
        assert session.exec(select(User)).one().password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    engine.dispose()


def test_incomplete_login_is_refused(client: TestClient) -> None:
    """A form without a password is a mistake of the client, not a wrong password."""
    response = client.post("/auth/token", data={"username": "ann@example.com"})

    assert response.status_code == 422
    assert [detail["location"] for detail in response.json()["details"]] == [["body", "password"]]


def test_missing_token_is_refused(client: TestClient) -> None:
    """Without a token the challenge names the scheme, and no error (RFC 6750, section 3.1)."""
    response = client.get("/todos")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json()["code"] == "not_authenticated"


def forge(**changes: object) -> str:
    """Return a token of this server for nobody, with some claims replaced or, by None, left out."""
    now = datetime.now(UTC)
    claims = {"sub": str(uuid4()), "iat": now, "exp": now + timedelta(days=1)} | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, Settings().secret_key.get_secret_value(), "HS256")


def encode(part: str) -> str:
    """Return the base64url form of a part of a token."""
    return base64.urlsafe_b64encode(part.encode()).decode().rstrip("=")


UNSIGNED = jwt.encode({"sub": str(uuid4()), "iat": 0, "exp": 9_999_999_999}, None, "none")
NESTED = f"{encode('[' * 3000)}.{encode('{}')}."
CASES = {
    "user has gone": forge(),
    "no text": "é",
    "empty": "",
    "no token": "not-a-token",
    "changed": forge()[:-4] + "AAAA",
    "other secret": jwt.encode(jwt.decode(forge(), options={"verify_signature": False}), "x" * 32, "HS256"),
    "other algorithm": jwt.encode(
        jwt.decode(forge(), options={"verify_signature": False}),
        Settings().secret_key.get_secret_value() * 2,
        "HS512",
    ),
    "no signature": UNSIGNED,
    "no expiry": forge(exp=None),
    "no subject": forge(sub=None),
    "no time of issue": forge(iat=None),
    "subject is no id": forge(sub="ann"),
    "issued in the future": forge(iat=datetime.now(UTC) + timedelta(hours=1)),
    "header is no object": f"{encode(json.dumps([1]))}.{encode('{}')}.",
    "nested header": NESTED,
}


@pytest.mark.parametrize("token", CASES.values(), ids=CASES.keys())
def test_bad_token_is_refused(client: TestClient, token: str) -> None:
    """Whatever is wrong with a token, the answer is the same 401."""
    response = client.get("/todos", headers={b"Authorization": f"Bearer {token}".encode("latin-1")})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert response.json()["code"] == "invalid_token"


def test_expired_token_is_refused(client: TestClient) -> None:
    """An expired token has a code of its own: the client need only log in again."""
    token = forge(exp=datetime.now(UTC) - timedelta(seconds=1))

    response = client.get("/todos", headers={"Authorization": f"Bearer {token}"})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert response.json()["code"] == "expired_token"
