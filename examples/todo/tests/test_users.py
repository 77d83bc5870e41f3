"""Registration and the user's own account."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from straightway.testclient import TestClient

REGISTRATION = {"email": "ann@example.com", "password": "correct horse battery"}


def test_registering_answers_with_the_user_and_nothing_secret(client: TestClient) -> None:
    """A registration is answered with 201 and the account, without password or hash."""
    response = client.post("/users", json=REGISTRATION)

    assert response.status_code == 201
    assert response.json().keys() == {"id", "email", "created_at"}
    assert response.json()["email"] == "ann@example.com"


def test_registration_time_has_a_time_zone(client: TestClient) -> None:
    """Times survive the database as moments, not as local times."""
    created_at = datetime.fromisoformat(client.post("/users", json=REGISTRATION).json()["created_at"])

    assert abs(datetime.now(UTC) - created_at) < timedelta(minutes=1)


@pytest.mark.parametrize("email", ["ann@example.com", "ANN@Example.com"], ids=["same", "other case"])
def test_duplicate_email_is_refused(client: TestClient, email: str) -> None:
    """One address, however it is written, has one account."""
    client.post("/users", json=REGISTRATION)

    response = client.post("/users", json=REGISTRATION | {"email": email})

    assert response.status_code == 409
    assert response.json() == {
        "code": "email_taken",
        "message": "There is already a user with this email.",
        "details": [],
    }


def test_simultaneous_registrations_make_one_account(client: TestClient) -> None:
    """Of several registrations with one address that arrive together, one succeeds and the others are told why."""
    with ThreadPoolExecutor(8) as threads:
        responses = threads.map(lambda _: client.post("/users", json=REGISTRATION), range(8))

    assert sorted(response.status_code for response in responses) == [201] + [409] * 7


@pytest.mark.parametrize(
    ("change", "location", "kind"),
    [
        ({"email": "ann"}, ["body", "email"], "value_error"),
        ({"email": "ann@example.com\x00"}, ["body", "email"], "value_error"),
        ({"password": "short"}, ["body", "password"], "too_short"),
        ({"password": "x" * 129}, ["body", "password"], "too_long"),
        ({"password": None}, ["body", "password"], "string_type"),
        ({"is_admin": True}, ["body", "is_admin"], "extra_forbidden"),
    ],
    ids=["no email", "NUL", "short password", "long password", "no password", "unknown field"],
)
def test_invalid_registration_is_refused(
    client: TestClient, change: dict[str, object], location: list[str], kind: str
) -> None:
    """Each mistake is named with its place."""
    response = client.post("/users", json=REGISTRATION | change)

    assert response.status_code == 422
    assert response.json()["code"] == "invalid_request"
    assert [(detail["location"], detail["type"]) for detail in response.json()["details"]] == [
        (location, kind)
    ]


def test_refusal_does_not_repeat_the_password(client: TestClient) -> None:
    """What a client sent as a password is in no answer, whatever is wrong with the request."""
    response = client.post("/users", json={"email": "ann", "password": "hunter2"})

    assert response.status_code == 422
    assert "hunter2" not in response.text


def test_users_see_their_own_account(client: TestClient, ann: dict[str, str], bob: dict[str, str]) -> None:
    """The token decides whose account it is."""
    emails = [client.get("/users/me", headers=headers).json()["email"] for headers in (ann, bob)]

    assert emails == ["ann@example.com", "bob@example.com"]
