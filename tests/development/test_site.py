"""What is served below /__dev: pages and the same as data, with nothing of it executable."""

import logging
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from straightway import Depends, HTTPException, Straightway
from straightway.check.findings import Finding, Severity
from straightway.development.guard import guard_of
from straightway.testclient import TestClient

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"&"
PAGES = [
    "/__dev",
    "/__dev/",
    "/__dev?q=a",
    "/__dev/routes",
    "/__dev/routes/5",
    "/__dev/explain",
    "/__dev/explain?request=GET+/items/3&source=1",
    "/__dev/explain?request=nonsense",
    "/__dev/check",
    "/__dev/check/SW101",
]


class Item(BaseModel):
    """Something that is answered."""

    name: str


@pytest.fixture
def shop(app):
    """An application with a route, a dependency and a mount."""

    def token(x_key: str = "none"):
        return x_key

    @app.get("/items/{number}")
    def read_item(number: int, key: Annotated[str, Depends(token)], q: str) -> Item:
        return Item(name=f"{number} {key} {q}")

    inner = Straightway()

    @inner.get("/deep")
    def deep():
        return 1

    app.mount("/inner", inner)
    return app


class Reader(HTMLParser):
    """Notes elements, attributes and text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.tags.append(tag)
        self.attributes += [(tag, *each) for each in attrs]

    def handle_data(self, data):
        """Note a text."""
        self.texts.append(data)

    @property
    def text(self):
        """All text, with white space as a browser shows it."""
        return re.sub(r"\s+", " ", "".join(self.texts))


@pytest.mark.parametrize("path", PAGES)
def test_pages_allow_no_code_in_them(shop, develop, path):
    """Only the page's own style and script may run, nothing inline, nothing from elsewhere; nothing is kept or framed."""
    answer = develop(shop).client.get(path)

    assert answer.status_code == 200
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in answer.headers
    page = Reader(answer.text)
    assert page.tags.count("script") == 1
    assert "style" not in page.tags
    assert not [each for each in page.attributes if each[1].startswith("on") or each[1] == "style"]
    addresses = [value for _, name, value in page.attributes if name in {"href", "src", "action"}]
    assert all(each.startswith(("/__dev", "#", "data:image/svg+xml,")) for each in addresses)


@pytest.mark.parametrize("path", PAGES)
def test_pages_can_be_read_without_seeing_them(shop, develop, path):
    """One heading, landmarks, a language, a title, a link past the tabs, and a label for every field."""
    page = Reader(develop(shop).client.get(path).text)

    assert page.tags.count("h1") == page.tags.count("main") == page.tags.count("nav") == 1
    assert ("html", "lang", "en") in page.attributes
    assert ("a", "href", "#content") in page.attributes
    assert "title" in page.tags
    labels = {value for tag, name, value in page.attributes if tag == "label" and name == "for"}
    fields = {value for tag, name, value in page.attributes if tag == "input" and name == "id"}
    assert fields == labels
    assert len([each for each in page.attributes if each[1:] == ("aria-current", "page")]) == 1
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))


def test_a_request_is_listed_and_told(shop, develop):
    """The list has it, its page has steps and facts, and links lead to its plan."""
    served = develop(shop)
    served.client.get("/items/3?q=a", headers={"x-request-id": "abc"})

    assert "/items/3" in served.client.get("/__dev").text
    page = Reader(served.client.get("/__dev/requests/1").text)
    assert "read_item" in page.text
    assert "1 request" not in page.text
    links = [value for tag, name, value in page.attributes if tag == "a" and name == "href"]
    (plan,) = [each for each in links if each.startswith("/__dev/routes/")]
    assert "GET /items/{number} answers" in served.client.get(plan).text
    (explained,) = [each for each in links if each.startswith("/__dev/explain?")]
    assert "here '3'" in Reader(served.client.get(explained).text).text


def test_hostile_values_stay_text(develop):
    """A path, a query, a header, a log line and an exception with markup in them are shown as they are."""
    app = Straightway(title=HOSTILE)

    @app.get("/{rest:path}", name=HOSTILE)
    async def read(rest: str):
        logging.getLogger("tests.hostile").warning("log %s", HOSTILE)
        raise HTTPException(418, HOSTILE)

    served = develop(app)
    served.client.get("/" + HOSTILE.replace("?", ""), params={"q": HOSTILE}, headers={"x-note": HOSTILE})

    for path in ("/__dev", "/__dev/requests/1", "/__dev/routes", "/__dev/routes/6", "/__dev/explain"):
        answer = served.client.get(path, params={"request": HOSTILE, "q": "alert"})
        page = Reader(answer.text)
        assert page.tags.count("script") == 1, path
        assert "img" not in page.tags, path
        assert HOSTILE in page.text, path


def test_controls_and_surrogates_do_not_break_pages(app, develop):
    """What cannot be shown, or would turn the order of what follows, is escaped; data are ASCII."""
    served = develop(app)
    recording = served.layer.recorder.begin(
        {
            "type": "http",
            "method": "GET",
            "path": "/\x00\x1b[31m\u202e\udc80",
            "headers": [(b"x", b"\xff\x00")],
        }
    )
    served.layer.recorder.end(recording, None)

    page = served.client.get("/__dev").text
    assert r"/\x00\x1b[31m\u202e\udc80" in page
    assert served.client.get("/__dev/requests/1").status_code == 200
    assert (
        served.client.get("/__dev/api/requests").json()["requests"][0]["path"] == "/\x00\x1b[31m\u202e\udc80"
    )


def test_the_list_can_be_filtered_and_cleared(shop, develop):
    """By any word of what is shown; clearing is a POST."""
    served = develop(shop)
    served.client.get("/items/1?q=a")
    served.client.get("/nowhere")

    page = Reader(served.client.get("/__dev", params={"q": "NOWHERE"}).text)
    assert "1 of 2 requests" in page.text
    assert "/items/1" not in page.text
    assert served.client.get("/__dev/clear").status_code == 405
    cleared = served.client.post("/__dev/clear", follow_redirects=False)
    assert (cleared.status_code, cleared.headers["location"]) == (303, "/__dev")
    assert served.records() == []


def test_only_clear_takes_a_post(shop, develop):
    """Everything else is asked for, and changes nothing."""
    client = develop(shop).client

    for path in ("/__dev", "/__dev/routes", "/__dev/api/requests", "/__dev/explain", "/__dev/check"):
        assert client.post(path).headers["allow"] == "GET, HEAD"
    assert client.head("/__dev").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "nothing", "requests/7", "requests/x", "requests/-1", "requests/²", "requests/1/2", "routes/99", "routes/-1", "check/SW000",
        "static/..%2Fsite.py", "static/site.py", "static/", "api", "api/", "api/nothing", "api/routes/99", "explain/x", "api/check/x",
    ],
)  # fmt: skip
def test_other_addresses_are_not_found(shop, develop, path):
    """Nothing but what there is, and no file beside the two."""
    answer = develop(shop).client.get(f"/__dev/{path}")

    assert answer.status_code == 404
    assert "content-security-policy" in answer.headers


def test_the_same_is_there_as_data(shop, develop):
    """Requests, routes with their plans, explanations and faults."""
    finding = Finding(
        "SW101", Severity.ERROR, Path("main.py"), 3, 1, "It is never reached", "declare it first"
    )
    served = develop(shop, check=lambda: ([finding], 2))
    served.client.get("/items/3?q=a")

    def get(path):
        return served.client.get(f"/__dev/api/{path}").json()

    assert [each["path"] for each in get("requests")["requests"]] == ["/items/3"]
    assert get("requests/1")["steps"][0]["kind"] == "entry"
    routes = [each["path"] for each in get("routes")["routes"]]
    assert "/items/{number}" in routes
    assert "/inner/deep" in routes
    plan = get(f"routes/{routes.index('/items/{number}')}")["explanation"]
    assert plan["endpoint"]["label"] == "GET /items/{number}"
    assert "def read_item" in plan["source"]
    assert get("explain?request=/items/3")["outcome"] == "endpoint"
    assert "no request" in get("explain?request=nonsense")["error"]
    assert get("check") == {
        "findings": [
            {
                "id": "SW101",
                "title": "Shadowed route",
                "severity": "error",
                "file": "main.py",
                "line": 3,
                "column": 1,
                "what": "It is never reached",
                "instead": "declare it first",
            }
        ],
        "files": 2,
        "failure": None,
    }


def test_every_route_has_its_page(shop, develop):
    """Endpoints, Starlette's own, mounts, what is in them, WebSockets and frontends."""

    @shop.websocket("/chat")
    async def chat(websocket):
        pass

    shop.router.routes.append(Route("/plain", lambda _: PlainTextResponse("")))
    shop.frontend("/app", directory=Path(__file__).parent, check_dir=False)
    served = develop(shop)
    rows = served.inspection.routes()

    for index, row in enumerate(rows):
        answer = served.client.get(f"/__dev/routes/{index}")
        assert answer.status_code == 200, row
        assert Reader(answer.text).text.count(row.path) >= 1
    assert {"/chat", "/plain", "/inner", "/inner/deep", "/app/{path:path}"} <= {row.path for row in rows}


def test_a_route_says_nothing_of_a_request(shop, develop):
    """A required value is not missing where nobody has asked for anything."""
    served = develop(shop)
    index = [row.path for row in served.inspection.routes()].index("/items/{number}")

    assert "missing here" not in served.client.get(f"/__dev/routes/{index}").text
    assert "missing here" in served.client.get("/__dev/explain?request=/items/3").text


def test_the_page_is_no_part_of_the_application(shop, develop):
    """It is in no OpenAPI document, records no request of its own, and passes no middleware of the application."""
    seen = []

    @shop.middleware("http")
    async def note(request, call_next):
        seen.append(request.url.path)
        return await call_next(request)

    served = develop(shop)
    served.client.get("/__dev")
    served.client.get("/__development")

    assert seen == ["/__development"]
    assert [each.path for each in served.records()] == ["/__development"]
    assert not [path for path in shop.openapi()["paths"] if "__dev" in path]


def test_a_prefix_that_a_proxy_removes_stands_before_all_addresses(shop, develop):
    """With --root-path, links and files lead through the proxy."""
    served = develop(shop)
    client = TestClient(
        served.layer.before(served.layer),
        base_url="http://localhost",
        client=("127.0.0.1", 1),
        root_path="/api",
    )

    page = Reader(client.get("/api/__dev/routes").text)

    links = [
        value for tag, name, value in page.attributes if name in {"href", "src"} and value.startswith("/")
    ]
    assert links
    assert all(each.startswith("/api/__dev") for each in links)


def test_who_may_not_see_it_gets_a_reason(shop, develop):
    """403 and a sentence, for pages, data and events alike; the application itself answers."""
    served = develop(shop, host="192.168.1.30", guard=guard_of("0.0.0.0", "local"))  # noqa: S104

    for path in ("", "/api/requests", "/api/events", "/static/page.css"):
        answer = served.client.get(f"/__dev{path}")
        assert answer.status_code == 403
        assert "--dev-page network" in answer.text
    assert served.client.post("/__dev/clear").status_code == 403
    assert served.client.get("/items/3?q=a").status_code == 200


def test_a_form_of_another_site_cannot_clear(shop, develop):
    """Browsers say where a form comes from."""
    served = develop(shop)
    served.client.get("/items/3?q=a")

    refused = served.client.post("/__dev/clear", headers={"origin": "https://evil.example"})

    assert refused.status_code == 403
    assert len(served.records()) == 1


def test_the_checker_looks_once_and_its_failure_is_told(shop, develop):
    """A checker that fails breaks no page; the tab says how many faults are known."""
    calls = []

    def failing():
        calls.append(1)
        raise RuntimeError("main.py:3 cannot be read <b>")

    served = develop(shop, check=failing)

    for _ in range(2):
        page = Reader(served.client.get("/__dev/check").text)
        assert "main.py:3 cannot be read <b>" in page.text
    assert len(calls) == 1

    finding = Finding("SW401", Severity.WARNING, Path("main.py"), 3, 1, "It blocks", "await it")
    found = develop(shop, check=lambda: ([finding], 1))
    assert "1 faults" not in Reader(found.client.get("/__dev").text).text
    checked = Reader(found.client.get("/__dev/check").text).text
    assert "0 errors, 1 warning in 1 file" in checked
    assert "Instead: await it" in checked
    assert "main.py:3:1" in checked


def test_an_application_of_another_kind_has_its_requests(develop):
    """Steps, routes and plans are Straightway's; the rest is there."""

    async def hello(request):
        return PlainTextResponse("hello")

    served = develop(Starlette(routes=[Route("/", hello)]))

    assert served.client.get("/").text == "hello"
    assert [each.status for each in served.records()] == [200]
    for path in ("/__dev", "/__dev/requests/1", "/__dev/routes", "/__dev/explain?request=/", "/__dev/check"):
        assert served.client.get(path).status_code == 200


def test_a_route_of_the_application_that_is_hidden_is_known(shop, develop):
    """The command line warns of it."""
    shop.add_api_route("/__dev/mine", lambda: 1)
    shop.add_api_route("/__developers", lambda: 1)

    assert develop(shop).inspection.taken_paths() == ["/__dev/mine"]
