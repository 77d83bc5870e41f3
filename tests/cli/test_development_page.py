"""The development page of a real server: only in `dev`, gone with it, and in nobody's way."""

import json
import threading
import time

import httpx2
import pytest

from tests.cli.conftest import PATIENCE

SHOP = """
    import logging
    import time
    from straightway import Depends, Straightway

    app = Straightway(title="Shop")
    logging.basicConfig(level="INFO")

    def database():
        yield "database"

    @app.post("/orders/{number}")
    def order(number: int, database: str = Depends(database)) -> int:
        logging.getLogger("shop").info("ordered %d", number)
        return number

    @app.get("/users/{name}")
    async def user(name: str):
        time.sleep(0.4)
        return name

    @app.get("/users/me")
    async def me():
        return "me"
"""


@pytest.fixture
def shop(project):
    """A directory with an application that has faults, in main.py."""
    project.write("main.py", SHOP)
    return project


class Listening:
    """A page that is open in a browser: a stream of events, read in a thread."""

    def __init__(self, url):
        self.opened, self.ended = threading.Event(), threading.Event()
        self.lines = []
        self._thread = threading.Thread(target=self._listen, args=(f"{url}/__dev/api/events",))
        self._thread.start()

    def _listen(self, url):
        try:
            with httpx2.stream("GET", url, timeout=PATIENCE) as response:
                for line in response.iter_lines():
                    self.lines.append(line)
                    self.opened.set()
        finally:
            self.ended.set()

    def join(self):
        """Wait for the end of the stream."""
        assert self.ended.wait(PATIENCE)
        self._thread.join()


def test_dev_says_where_the_page_is(shop, launch):
    """Beside the address of the documentation."""
    running = launch("dev", "--port", "0")
    url = running.url()

    assert running.until("Development page") == f"Development page at {url}/__dev"
    assert "Shop" in httpx2.get(f"{url}/__dev", timeout=PATIENCE).text


def test_a_request_appears_with_its_steps_and_lines(shop, launch):
    """What was sent to the application is there, and the terminal has no line of what the page asks for."""
    running = launch("dev", "--no-reload", "--port", "0")
    url = running.url()
    sent = httpx2.post(f"{url}/orders/5", headers={"x-request-id": "abc"}, timeout=PATIENCE)
    assert sent.json() == 5

    (record,) = httpx2.get(f"{url}/__dev/api/requests", timeout=PATIENCE).json()["requests"]

    assert (record["method"], record["path"], record["status"]) == ("POST", "/orders/5", 200)
    assert record["request_id"] == sent.headers["x-request-id"] == "abc"
    assert [each["kind"] for each in record["steps"]] == [
        "entry", "thread", "call", "read", "endpoint", "answer", "send", "close",
    ]  # fmt: skip
    assert [each["text"] for each in record["lines"]] == ["ordered 5"]
    assert record["place"] == "main.py:11"
    running.until("POST")
    assert not [line for line in running.output if "/__dev/" in line]


def test_the_watchdog_s_findings_are_with_the_request(shop, launch):
    """What has blocked the event loop is told at the request that did."""
    running = launch("dev", "--no-reload", "--port", "0")
    url = running.url()
    httpx2.get(f"{url}/users/ada", timeout=PATIENCE)
    running.until("blocked the event loop")

    (record,) = httpx2.get(f"{url}/__dev/api/requests", timeout=PATIENCE).json()["requests"]

    (block,) = record["blocks"]
    assert block["endpoint"] == "GET /users/{name}"
    assert "main.py:18" in block["place"]
    assert "time.sleep(0.4)" in block["line"]


def test_the_checker_s_findings_are_those_of_the_command(shop, launch, command):
    """The page has what `straightway check --json` says of the same application."""
    running = launch("dev", "--no-reload", "--port", "0")
    url = running.url()

    found = httpx2.get(f"{url}/__dev/api/check", timeout=PATIENCE).json()

    told = json.loads(command("check", "--json").out)
    assert {each["id"] for each in found["findings"]} >= {"SW101", "SW401"}
    for each in told["findings"]:
        each.pop("fixable")
    assert found == {"findings": told["findings"], "files": 1, "failure": None}


def test_an_explanation_is_that_of_the_command(shop, launch, command):
    """The page has what `straightway explain` prints."""
    running = launch("dev", "--no-reload", "--port", "0")
    url = running.url()

    told = httpx2.get(
        f"{url}/__dev/api/explain",
        params={"request": "POST /orders/5?dry=1", "source": "1"},
        timeout=PATIENCE,
    ).json()

    printed = command("explain", "POST /orders/5?dry=1", "--source").out
    # In development, debug is on: that is the one thing that the command does not know.
    in_development = "a page, JSON or text that shows it, as debug is on"
    assert in_development in told["text"]
    assert told["text"].replace(in_development, "500 Internal Server Error in plain text") == printed.rstrip(
        "\n"
    )


def test_run_has_no_page(shop, launch):
    """In production the address is the application's own."""
    running = launch("run", "--host", "127.0.0.1", "--port", "0")
    url = running.url()

    assert httpx2.get(f"{url}/__dev", timeout=PATIENCE).json() == {"detail": "Not Found"}
    assert not [line for line in running.output if "Development page" in line]


def test_the_page_can_be_turned_off(shop, launch):
    """Then `dev` has none either, and says nothing of it."""
    running = launch("dev", "--no-reload", "--dev-page", "off", "--port", "0")
    url = running.url()

    assert httpx2.get(f"{url}/__dev", timeout=PATIENCE).status_code == 404
    assert not [line for line in running.output if "Development page" in line]


def test_a_name_that_leads_here_is_refused(shop, launch):
    """DNS rebinding: the request comes to this machine, under a name that is not its own."""
    running = launch("dev", "--no-reload", "--port", "0")
    url = running.url()

    assert httpx2.get(f"{url}/__dev", headers={"host": "evil.example"}, timeout=PATIENCE).status_code == 403
    assert (
        httpx2.post(f"{url}/orders/5", headers={"host": "evil.example"}, timeout=PATIENCE).status_code == 200
    )


def test_a_forwarded_client_is_refused(shop, launch):
    """A proxy or a tunnel on this machine may bring anybody."""
    running = launch("dev", "--no-reload", "--port", "0")
    url = running.url()

    refused = httpx2.get(f"{url}/__dev", headers={"x-forwarded-for": "203.0.113.7"}, timeout=PATIENCE)

    assert refused.status_code == 403
    assert "--dev-page network" in refused.text


def test_an_open_page_does_not_hold_up_a_stop(shop, launch):
    """Ctrl-C ends the stream of events at once, without the patience that is granted to others."""
    import signal

    running = launch("dev", "--no-reload", "--port", "0")
    listening = Listening(running.url())
    assert listening.opened.wait(PATIENCE)

    running.signal(signal.SIGINT)

    listening.join()
    assert running.finish() == 0
    assert listening.lines[0] == "retry: 1000"


def test_an_open_page_does_not_hold_up_a_reload(shop, launch):
    """The stream ends in order, not when the server loses its patience; the page comes back by itself."""
    running = launch("dev", "--port", "0")
    url = running.url()
    listening = Listening(url)
    assert listening.opened.wait(PATIENCE)

    shop.write("main.py", SHOP + "\n")
    running.until("Restarting")
    begun = time.monotonic()
    listening.join()

    running.until("Server restarted")
    # uvicorn complains of what it has to cancel when its patience (3 s) ends.
    assert not [line for line in running.output if "Cancel" in line or "timeout graceful" in line.lower()]
    assert time.monotonic() - begun < PATIENCE
    assert httpx2.get(f"{url}/__dev/api/requests", timeout=PATIENCE).json() == {"requests": []}


def test_a_route_that_the_page_hides_is_warned_of(project, launch):
    """The page is served; the warning says what to do."""
    project.write(
        "main.py",
        """
        from straightway import Straightway
        app = Straightway()

        @app.get("/__dev/mine")
        def mine():
            return "mine"
        """,
    )
    running = launch("dev", "--no-reload", "--port", "0")

    assert "/__dev/mine is hidden" in running.until("warning:")
    assert httpx2.get(f"{running.url()}/__dev/mine", timeout=PATIENCE).status_code == 404
