"""A server process, real clients, and everything that users do."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread

import httpx2
import pytest

PROJECT = Path(__file__).parents[1]
PASSWORD = "correct horse battery"

SERVERS = {
    "straightway run": "straightway run --host 127.0.0.1 --port 0",
    "uvicorn": "uvicorn todo.main:app --port 0",
}

# Another server instead: its command line, to be run with `python -m`; `{port}` stands for a free one.
OTHER = os.environ.get("TODO_TEST_SERVER")
CHOSEN = SERVERS if OTHER is None else {OTHER.split()[0]: OTHER}


@pytest.fixture(params=CHOSEN)
def address(request: pytest.FixtureRequest, database_url: str) -> Iterator[str]:
    """Start a server as production does, and name its address when it listens; it ends when it is asked to."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONUNBUFFERED": "1",
        "TODO_ENVIRONMENT": "production",
        "TODO_SECRET_KEY": "a-secret-that-only-this-test-knows",
        "TODO_DATABASE_URL": database_url,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", *CHOSEN[request.param].format(port=free_port()).split()],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    output: list[str] = []
    for line in process.stdout:
        output.append(line)
        if listening := re.search(r"http://127\.0\.0\.1:[1-9]\d*", line):
            break
    else:
        pytest.fail("".join(output))
    # The pipe is emptied while the server runs: a full one would stop it.
    reader = Thread(target=output.extend, args=(process.stdout,))
    reader.start()
    # Some servers name their address before they listen.
    with httpx2.Client(transport=httpx2.HTTPTransport(retries=7)) as client:
        client.get(f"{listening.group()}/health/ready")
    yield listening.group()
    process.terminate()
    process.wait()
    reader.join()
    process.stdout.close()
    assert "Traceback" not in "".join(output)


def free_port() -> int:
    """Ask the system for a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def log_in(address: str, email: str) -> dict[str, str]:
    """Register and log in; return the headers that authenticate the user's requests."""
    with httpx2.Client(base_url=address, timeout=30) as client:
        registered = client.post("/users", json={"email": email, "password": PASSWORD})
        assert registered.status_code == 201, registered.text
        token = client.post("/auth/token", data={"username": email, "password": PASSWORD})
        assert token.status_code == 200, token.text
    return {"Authorization": f"Bearer {token.json()['access_token']}"}


def refused(response: httpx2.Response, status_code: int) -> str:
    """Check that a request was refused in the common shape, and return the code of the error."""
    assert response.status_code == status_code, response.text
    assert response.json().keys() == {"code", "message", "details"}
    assert response.headers["X-Request-ID"]
    return str(response.json()["code"])


def test_whole_story(address: str) -> None:
    """Ann and Bob register and keep their lists; everything that must not work does not."""
    with httpx2.Client(base_url=address) as ann, httpx2.Client(base_url=address) as bob:
        assert ann.get("/health/ready").json() == {"status": "ok"}
        assert refused(ann.get("/todos"), 401) == "not_authenticated"
        ann.headers |= log_in(address, "ann@example.com")
        bob.headers |= log_in(address, "bob@example.com")

        created = ann.post("/todos", json={"title": "Buy milk"})
        assert created.status_code == 201
        milk = created.headers["Location"]
        for title in ("Buy bread", "Water the plants"):
            assert ann.post("/todos", json={"title": title}).status_code == 201
        changed = ann.patch(milk, json={"completed": True})
        assert (changed.status_code, changed.json()["completed"]) == (200, True)

        open_todos = ann.get("/todos", params={"completed": False, "search": "buy", "sort": "title"}).json()
        assert [todo["title"] for todo in open_todos["items"]] == ["Buy bread"]
        page = ann.get("/todos", params={"limit": 2, "sort": "title"}).json()
        assert ([todo["title"] for todo in page["items"]], page["total"]) == (["Buy bread", "Buy milk"], 3)

        for response in (bob.get(milk), bob.patch(milk, json={"title": "Beer"}), bob.delete(milk)):
            assert refused(response, 404) == "todo_not_found"
        assert bob.get("/todos").json()["total"] == 0

        assert refused(ann.get("/todos", headers={"Authorization": "Bearer forged"}), 401) == "invalid_token"
        assert refused(ann.post("/todos", json={"title": "x", "colour": "red"}), 422) == "invalid_request"
        assert refused(ann.post("/todos", json={"title": "x" * 10_000_000}), 413) == "content_too_large"
        again = {"email": "Ann@example.com", "password": PASSWORD}
        assert refused(ann.post("/users", json=again), 409) == "email_taken"
        wrong = {"username": "ann@example.com", "password": "wrong"}
        assert refused(ann.post("/auth/token", data=wrong), 401) == "invalid_credentials"

        assert ann.delete(milk).status_code == 204
        assert refused(ann.get(milk), 404) == "todo_not_found"
        assert ann.get("/todos").json()["total"] == 2


def test_fifty_clients_write_and_nothing_is_lost(address: str) -> None:
    """What fifty clients of five users write at the same time is all there afterwards, in the right lists."""
    emails = [f"user{number}@example.com" for number in range(5)]
    with ThreadPoolExecutor(50) as threads:
        users = list(threads.map(lambda email: log_in(address, email), emails))

        def write(number: int) -> None:
            with httpx2.Client(base_url=address, headers=users[number % 5], timeout=30) as client:
                for todo in range(4):
                    created = client.post("/todos", json={"title": f"{number}/{todo}"})
                    assert created.status_code == 201, created.text
                    changed = client.patch(created.headers["Location"], json={"completed": True})
                    assert changed.status_code == 200, changed.text

        list(threads.map(write, range(50)))

    for number, headers in enumerate(users):
        page = httpx2.get(
            f"{address}/todos", headers=headers, params={"completed": True, "limit": 100}
        ).json()
        assert page["total"] == 40
        written = {f"{client}/{todo}" for client in range(number, 50, 5) for todo in range(4)}
        assert {todo["title"] for todo in page["items"]} == written
