import subprocess

import httpx2
import pytest


def test_lifespan_surrounds_the_requests(starting):
    """The application starts before the first request, leaves its state for all, and stops when the server is asked to."""
    with starting() as running:
        running.wait_until_it_answers()
        state = httpx2.get(f"http://{running.address}/state").json()
        started = running.noted()
        code = running.stop()
        stopped = running.noted()

    assert (started, state, stopped) == ("started", "from the lifespan", "stopped")
    assert code in {0, -15}
    assert "src/straightway" not in running.logged()


def test_application_that_does_not_start_is_not_served(starting):
    """A lifespan that raises ends the server, and the log says why."""
    with starting(breaks=True) as running:
        try:
            code = running.process.wait(10)
        except subprocess.TimeoutExpired:
            pytest.fail(f"still running: {running.logged()}")

    assert code != 0
    assert "this application does not start" in running.logged()


def test_root_path(starting):
    """Behind a proxy that removes a prefix, URLs and the OpenAPI document have it."""
    with starting(root_path="/api") as running:
        running.wait_until_it_answers()
        base = f"http://{running.address}"
        found = httpx2.get(f"{base}/where").json()
        document = httpx2.get(f"{base}/openapi.json").json()
        page = httpx2.get(f"{base}/docs").text

    assert (found["root_path"], found["url"]) == ("/api", f"{base}/api/where")
    assert document["servers"] == [{"url": "/api"}]
    assert "/api/openapi.json" in page


def test_trusted_proxy(starting):
    """The client and the scheme are those that a trusted proxy names."""
    with starting("tests.servers.proxied:app") as running:
        running.wait_until_it_answers()
        named = {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}
        found = httpx2.get(f"http://{running.address}/where", headers=named).json()

    assert found["client"] == "203.0.113.7"
    assert found["url"].startswith("https://")
