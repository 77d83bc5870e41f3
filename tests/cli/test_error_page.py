"""What a client gets of an exception, over the wire."""

import httpx2
import pytest

APPLICATION = """
    from straightway import Straightway

    app = Straightway()

    @app.api_route("/", methods=["GET", "HEAD"])
    async def index(name: str = "ada"):
        return 1 / 0
"""


@pytest.fixture
def serve(project, launch):
    """A function that serves the application by a command, and returns where."""
    project.write("main.py", APPLICATION)
    return lambda *arguments: launch(*arguments, "--port", "0").url()


def test_dev_shows_it(serve):
    """To browsers as a page, to others as JSON; HEAD has the headers alone."""
    url = serve("dev", "--no-reload")

    page = httpx2.get(url, headers={"accept": "text/html"})
    data = httpx2.get(url)
    head = httpx2.head(url, headers={"accept": "text/html"})

    assert (page.status_code, data.status_code, head.status_code) == (500, 500, 500)
    assert "<mark>1 / 0</mark>" in page.text
    assert "main.py:7" in page.text
    error = data.json()["error"]
    assert error["frames"] == [{"file": "main.py", "line": 7, "function": "index", "source": "return 1 / 0"}]
    assert error["endpoint"] == {"route": "GET /", "name": "index", "file": "main.py", "line": 5}
    assert head.content == b""
    assert head.headers["content-security-policy"] == page.headers["content-security-policy"]


@pytest.mark.parametrize("server", ["uvicorn", "granian"])
def test_run_shows_nothing(serve, server):
    """In production the answer is opaque, whatever is asked for: it has the id of the request and no more."""
    url = serve("run", "--host", "127.0.0.1", "--server", server)

    for accept in ("text/html", "application/json"):
        response = httpx2.get(url, headers={"accept": accept})
        number = response.headers["x-request-id"]
        said = {
            "text/html": f"Internal Server Error\nRequest id: {number}",
            "application/json": f'{{"detail":"Internal Server Error","request_id":"{number}"}}',
        }
        assert (response.status_code, response.text) == (500, said[accept])


def test_granian_shows_it_too(project, launch):
    """An application in debug mode, over RSGI."""
    project.write("main.py", APPLICATION.replace("Straightway()", "Straightway(debug=True)"))
    url = launch("run", "--host", "127.0.0.1", "--server", "granian", "--port", "0").url()

    response = httpx2.get(f"{url}/?name=x")

    assert response.json()["error"]["type"] == "ZeroDivisionError"
    assert [step["state"] for step in response.json()["error"]["steps"]] == ["done", "failed", "not run"]
