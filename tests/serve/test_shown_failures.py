"""What `debug=True` answers, and that nothing of it is answered without."""

import asyncio
import contextlib
import gc
import linecache
import logging
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from html.parser import HTMLParser
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, SecretStr
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse

from straightway import Body, Depends, Form, Header, HTTPException, Straightway, WebSocket
from straightway.describe import failure_answer
from straightway.describe.failure_page import LARGEST
from straightway.errors import MissingDependencyError
from straightway.testclient import TestClient

HTML = {"accept": "text/html"}
TEXT = {"accept": "text/plain"}
XSS = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`&"


SECRETS = ("path-token", "query-token", "body-password", "header-token-1", "cookie-session-id-1", "typed-secret-value",
           "variable-api-key", "connection-password", "url-password", "basic-password")  # fmt: skip


class Order(BaseModel):
    """What an endpoint should return."""

    number: int
    total: float


class Login(BaseModel):
    """What a client sends, with a secret."""

    user: str
    password: str


@pytest.fixture
def app() -> Straightway:
    """An application that shows what fails."""
    return Straightway(debug=True)


@pytest.fixture
def client(app) -> TestClient:
    """A client that gets what a client over the wire would get."""
    return TestClient(app, raise_server_exceptions=False)


class Reader(HTMLParser):
    """Reads a page: which elements it has, with which attributes, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self._style = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Note an element and its attributes."""
        self.tags.add(tag)
        self.attributes += attrs
        self._style = tag == "style"

    def handle_data(self, data):
        """Note text, but for the style."""
        if not self._style:
            self.text += data
        self._style = False


def error_of(response) -> dict[str, Any]:
    """Return what a JSON answer tells of the exception."""
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/json"
    assert response.json()["detail"] == "Internal Server Error"
    error: dict[str, Any] = response.json()["error"]
    return error


def states(error) -> list[str]:
    """Return how far each step came."""
    return [step["state"] for step in error["steps"]]


def test_json_tells_what_programs_want_to_know(app, client):
    """Type, message, the user's frames, the endpoint, the steps, and the causes."""

    def database() -> str:
        return "connection"

    @app.get("/orders/{number}")
    def read_order(number: int, db: Annotated[str, Depends(database)]) -> int:
        try:
            return total(number)
        except ZeroDivisionError as error:
            raise LookupError("no such order") from error

    error = error_of(client.get("/orders/7"))

    assert (error["type"], error["module"], error["message"]) == ("LookupError", "builtins", "no such order")
    assert error["endpoint"]["route"] == "GET /orders/{number}"
    assert error["endpoint"]["name"].endswith("read_order")
    assert error["endpoint"]["file"].endswith("tests/serve/test_shown_failures.py")
    assert error["frames"][0]["source"] == 'raise LookupError("no such order") from error'
    assert [step["step"].split("(")[0] for step in error["steps"]][:1][0].endswith("database")
    assert states(error) == ["done", "done", "failed", "not run"]
    (cause,) = error["causes"]
    assert (cause["relation"], cause["type"]) == ("cause", "ZeroDivisionError")
    assert cause["frames"][0]["source"] == "return number / 0"


def total(number):
    """Fail, one call below an endpoint."""
    return number / 0


def test_the_page_shows_the_users_line_first(app, client):
    """Excerpt with the failing expression marked, local variables, request and steps are all there."""

    @app.post("/orders/{number}")
    async def create(number: int, order: Annotated[dict[str, int], Body()], dry: bool = False):
        share = 3
        return {"each": order["total"] / (share - number)}

    response = client.post("/orders/3?dry=yes", json={"total": 5}, headers=HTML)

    page = Reader(response.text)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "<mark>order[&quot;total&quot;] / (share - number)</mark>" in response.text
    assert re.search(
        r"<title>ZeroDivisionError: division by zero – POST http://testserver/orders/3", response.text
    )
    for words in (
        "number int3",
        "share int3",
        "order dict{'total': 5}",
        "Path parametersnumber",
        "dryyes",
        "Step ",
        "✗ failed",
    ):
        assert words in page.text, words
    assert '"total": 5' in page.text


def test_the_page_loads_and_runs_nothing(app, client):
    """No script, no address but data:, a policy that forbids everything but the style, and no cache."""
    app.get("/")(lambda: 1 / 0)

    response = client.get("/", headers=HTML)

    page = Reader(response.text)
    policy = response.headers["content-security-policy"]
    assert page.tags.isdisjoint({"script", "img", "iframe", "form", "object", "base"})
    assert [value for name, value in page.attributes if name in {"href", "src", "style", "action"}] == [
        "data:,"
    ]
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_markup_stays_text_wherever_it_comes_from(app, client):
    """In path, query, headers, cookies, body, message, notes, locals, names of classes and results of dependencies."""
    hostile_class = type(XSS, (Exception,), {"__module__": XSS})

    async def dependency():
        return XSS

    @app.post("/{name}")
    async def endpoint(name: str, value: Annotated[str, Depends(dependency)], body: Annotated[str, Body()]):
        local = XSS
        error = hostile_class(local)
        error.add_note(XSS)
        raise error

    response = client.post(
        "/%3Cscript%3Ealert(1)%3Cscript%3E",
        params={XSS: XSS},
        json=XSS,
        headers={**HTML, "x-hostile": XSS, "cookie": "a=<script>"},
    )

    page = Reader(response.text)
    assert page.tags.isdisjoint({"script", "img"})
    assert "<script" not in response.text
    assert page.text.count("<script>alert(1)</script>") > 5


def test_secrets_are_shown_nowhere(app, client):
    """Not from headers, cookies, query, path, body, variables, results; nor where they turn up under another name."""

    class Connection:
        def __init__(self):
            self.password = "connection-password"

        def __repr__(self):
            return f"Connection({self.password})"

    def session() -> Connection:
        return Connection()

    @app.post("/reset/{token}")
    def reset(
        token: str,
        login: Login,
        db: Annotated[Connection, Depends(session)],
        authorization: Annotated[str, Header()],
    ):
        api_key = "variable-api-key"
        copied = login.password + " and " + api_key
        typed = SecretStr("typed-secret-value")
        plain = f"{typed.get_secret_value()} {db.password}"
        raise ValueError(f"wrong: {copied} {plain} {token} {authorization}")

    for accept in ("text/html", "application/json", "text/plain"):
        response = client.post(
            "/reset/path-token?access_token=query-token",
            json={"user": "ada", "password": "body-password", "url": "https://ada:url-password@host/"},
            headers={
                "accept": accept,
                "authorization": "Bearer header-token-1",
                "proxy-authorization": "Basic YWRhOmJhc2ljLXBhc3N3b3Jk",
                "cookie": "anything=cookie-session-id-1; theme=dark",
                "referer": "http://testserver/?access_token=query-token",
            },
        )

        assert response.status_code == 500
        assert "***" in response.text
        assert [secret for secret in SECRETS if secret in response.text] == [], accept


class Hostile:
    """Raises whatever is asked of it."""

    def __repr__(self):
        raise SystemExit("repr")

    __str__ = __repr__


class Lying:
    """Is a proxy that is bound to nothing: it fails whatever it is asked."""

    @property
    def __class__(self):
        raise RuntimeError("unbound")

    def __getattr__(self, name):
        raise RuntimeError("unbound")

    __eq__ = __bool__ = __len__ = __hash__ = __iter__ = __repr__ = __class__.fget  # type: ignore[assignment,attr-defined]


class SilentError(Exception):
    """Says nothing."""

    def __str__(self):
        raise RuntimeError("no words")


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
def test_hostile_objects_do_not_break_it(app, client, accept):
    """Values and exceptions whose `repr()` or `str()` fails, are huge, circular or full of odd characters."""

    @app.get("/")
    async def endpoint():
        failing, huge, circular, text = Hostile(), "x" * 10**8, {}, "\ud800\0\x1b[0m\u202e"
        proxy, proxies = Lying(), [Lying(), {"password": Lying()}]
        circular["self"] = circular
        big = 10**10_000
        raise SilentError(failing, huge, circular, text, big, proxy, proxies)

    response = client.get("/", headers={"accept": accept})

    assert response.status_code == 500
    assert "SilentError whose str() failed: RuntimeError" in response.text.replace("&lt;", "<")
    assert len(response.content) < LARGEST
    assert "\x1b" not in response.text


@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/plain"])
def test_an_endless_recursion_is_shown_in_short(app, client, accept):
    """Calls of a function by itself are one line with a number."""

    def deeper(number):
        return deeper(number + 1)

    @app.get("/")
    async def endpoint():
        return deeper(0)

    response = client.get("/", headers={"accept": accept})

    assert "RecursionError" in response.text
    assert "deeper" in response.text
    assert len(response.content) < 60_000


def test_whatever_there_is_the_page_is_bounded(app, client):
    """Many frames with many long variables, a long message, many headers and a large body stay below the limit."""
    source = "def f0():\n    raise ValueError('\\'' * 10**6)\n" + "".join(
        f"def f{n}():\n" + "".join(f"    v{m} = '<' * 9999\n" for m in range(60)) + f"    return f{n - 1}()\n"
        for n in range(1, 90)
    )
    functions: dict[str, Any] = {"__name__": "users"}
    exec(compile(source, "/nowhere/users.py", "exec"), functions)  # noqa: S102  # a user with very many functions
    linecache.cache["/nowhere/users.py"] = (
        len(source),
        None,
        source.splitlines(keepends=True),
        "/nowhere/users.py",
    )

    @app.post("/")
    async def endpoint(request: Request):
        await request.body()
        try:
            functions["f89"]()
        except ValueError as error:
            raise ExceptionGroup("many", [error, *[KeyError("<" * 9000)] * 500]) from error

    headers = {f"x-{n}": "<" * 900 for n in range(70)}
    response = client.post("/", content="<" * 10**6, headers={**headers, **HTML})

    assert len(response.content) <= LARGEST
    assert "ExceptionGroup" in response.text
    assert response.text.rstrip().endswith("</html>")
    assert len(client.post("/", content="<" * 10**6, headers=headers).content) <= LARGEST


def test_groups_and_contexts_are_told(app, client):
    """Members of groups, also nested ones, and exceptions that were being handled."""

    @app.get("/")
    async def endpoint():
        try:
            {}["first"]
        except KeyError:
            raise ExceptionGroup("several", [ValueError("one"), ExceptionGroup("inner", [OSError("two")])])  # noqa: B904  # a context is wanted

    error = error_of(client.get("/"))

    assert [member["type"] for member in error["members"]] == ["ValueError", "ExceptionGroup"]
    assert error["members"][1]["members"][0]["message"] == "two"
    assert [(cause["relation"], cause["message"]) for cause in error["causes"]] == [("context", "'first'")]
    text, page = client.get("/", headers=TEXT).text, client.get("/", headers=HTML).text
    assert "in the group: OSError: two" in text
    assert "OSError" in page


def test_circular_causes_end(app, client):
    """An exception that is its own cause is told once."""

    @app.get("/")
    async def endpoint():
        first, second = ValueError("first"), ValueError("second")
        first.__cause__, second.__cause__ = second, first
        raise first

    assert len(error_of(client.get("/"))["causes"]) == 1


def test_how_far_the_request_came(app, client):
    """The failing step is marked: a dependency on the loop, in a thread, while it closes, or the making of the answer."""
    flaw = {"where": ""}

    async def opened() -> AsyncIterator[str]:
        if flaw["where"] == "opening":
            raise OSError
        yield "open"
        if flaw["where"] == "closing":
            raise OSError

    def checked(db: Annotated[str, Depends(opened, scope="function")]) -> Iterator[str]:
        if flaw["where"] == "thread":
            raise OSError
        yield "checked"

    @app.get("/")
    async def endpoint(
        name: str, value: Annotated[str, Depends(checked, scope="function")]
    ) -> dict[str, int]:
        if flaw["where"] == "endpoint":
            raise OSError
        return {"n": object() if flaw["where"] == "answer" else 1}  # type: ignore[dict-item]

    seen = {}
    for where in ("opening", "thread", "endpoint", "answer", "closing"):
        flaw["where"] = where
        error = error_of(client.get("/?name=ada"))
        seen[where] = states(error), error["stage"]

    assert seen["opening"][0] == ["failed", "not run", "not run", "not run", "not run"]
    assert seen["thread"][0] == ["done", "failed", "not run", "not run", "not run"]
    assert seen["endpoint"][0] == ["done", "done", "done", "failed", "not run"]
    assert seen["answer"] == (
        ["done"] * 4 + ["failed"],
        "The endpoint has returned; its answer was being made.",
    )
    assert seen["closing"] == (
        ["failed", "done", "done", "done"],
        "The endpoint was done; a dependency was being closed.",
    )


def test_results_of_steps_are_shown(app, client):
    """What dependencies returned stands beside them, also where they shared a thread with the endpoint."""

    def user() -> dict[str, str]:
        return {"name": "ada", "password": "of-ada"}

    @app.get("/")
    def endpoint(limit: int, user: Annotated[dict[str, str], Depends(user)]):
        raise LookupError

    page = Reader(client.get("/?limit=3", headers=HTML).text).text

    assert "= {'name': 'ada', 'password': ***}" in page
    assert "= {'limit': 3}" in page


def test_overridden_dependencies_are_those_that_are_shown(app, client):
    """The plan is the one that ran."""

    def original():
        return 1

    def replacement():
        raise OSError

    @app.get("/")
    def endpoint(value: Annotated[int, Depends(original)]):
        return value

    app.dependency_overrides[original] = replacement

    error = error_of(client.get("/"))

    assert "replacement" in error["steps"][0]["step"]
    assert states(error)[0] == "failed"


@pytest.mark.parametrize("kind", ["function", "starlette"])
def test_failures_in_middleware(app, client, kind):
    """Before the endpoint there is no step; after it, the exception of the endpoint has its own."""

    async def dispatch(request: Request, call_next: Any):
        if request.url.path == "/early":
            raise OSError("in the middleware")
        return await call_next(request)

    if kind == "function":
        app.middleware("http")(dispatch)
    else:
        app.add_middleware(BaseHTTPMiddleware, dispatch=dispatch)
    app.get("/early")(lambda: 1)
    app.get("/late")(lambda: 1 / 0)

    early, late = error_of(client.get("/early")), error_of(client.get("/late"))

    assert early["frames"][0]["source"] == 'raise OSError("in the middleware")'
    assert early["stage"].startswith("No endpoint had been reached")
    assert late["endpoint"]["route"] == "GET /late"
    assert states(late)[0] == "failed"


def test_an_exception_in_an_exception_handler(app, client):
    """The handler's own exception is shown, with that which it was to handle."""

    @app.exception_handler(KeyError)
    async def handler(request: Request, error: KeyError):
        raise OSError("in the handler")

    @app.get("/")
    async def endpoint():
        raise KeyError("the first")

    error = error_of(client.get("/"))

    assert (error["type"], error["causes"][0]["type"]) == ("OSError", "KeyError")
    assert states(error)[0] == "failed"


def test_what_was_read_of_the_body_is_shown(app, client):
    """JSON, forms and text; binary data and what nobody has read are named."""

    @app.post("/json")
    async def with_json(login: Login):
        raise OSError

    @app.post("/form")
    async def with_form(user: Annotated[str, Form()], password: Annotated[str, Form()]):
        raise OSError

    @app.post("/raw")
    async def raw(request: Request):
        await request.body()
        raise OSError

    @app.post("/unread")
    async def unread():
        raise OSError

    def body(path, **options):
        return (
            Reader(client.post(path, headers=HTML, **options).text)
            .text.partition("Body")[2]
            .partition("All calls")[0]
        )

    assert '"user": "ada",\n  "password": "***"' in body("/json", json={"user": "ada", "password": "x"})
    assert "user = ada\npassword = ***" in body("/form", data={"user": "ada", "password": "x"})
    assert "5 bytes, no content typeplain" in body("/raw", content=b"plain")
    assert "2 bytes, no content type, not text" in body("/raw", content=b"\xff\xfe")
    assert "not read" in body("/unread", content=b"plain")


def test_odd_bytes_of_a_client_are_shown(app, client):
    """Header bytes that are no UTF-8, broken escapes in path and query, a body nested without end."""

    @app.post("/{rest:path}")
    async def endpoint(request: Request):
        await request.body()
        raise OSError

    response = client.post(
        "/a%FF%00?q=%FF&%E2%80%AE", content=b"[" * 100_000, headers={**HTML, b"x-odd": b"\xff\xfe\x80"}
    )

    assert response.status_code == 500
    assert "OSError" in response.text
    deep = client.post("/", content=b"[" * 800 + b"]" * 800, headers=HTML)
    assert "nested too deeply to be shown" in deep.text


def test_source_that_is_not_there(app, client):
    """Code made at run time has frames without an excerpt, and the endpoint is shown in their place."""
    functions: dict[str, Any] = {}
    exec("def made():\n    return 1 / 0", functions)  # noqa: S102  # that is what is tested

    @app.get("/")
    async def endpoint():
        return functions["made"]()

    error = error_of(client.get("/"))

    assert [frame["function"] for frame in error["frames"]][-1].endswith("endpoint")


async def later():
    """Return a number."""
    return 1


async def forgets_await():
    """Forgets await."""
    return later()


async def uses_coroutine():
    """Uses coroutine."""
    found: Any = later()
    return found["x"]


async def awaits_too_much():
    """Awaits too much."""
    found: Any = {}
    return await found


async def needs_package():
    """Needs package."""
    raise MissingDependencyError("Forms need python-multipart.")


async def needs_module():
    """Needs module."""
    import no_such_module_anywhere  # type: ignore[import-not-found]  # noqa: F401


async def runs_another_loop():
    """Runs another loop."""
    with contextlib.closing(later()) as coroutine:
        asyncio.run(coroutine)


async def reads_state(request: Request):
    """Reads what nobody has set."""
    return request.app.state.missing


async def returns_a_circle():
    """Returns a circle."""
    found: dict[str, Any] = {}
    found["self"] = found
    return found


async def lacks_a_field() -> Order:
    """Lacks a field."""
    return {"number": 1}  # type: ignore[return-value]


async def has_a_wrong_type() -> Order:
    """Has a wrong type."""
    return {"number": 1, "total": "x"}  # type: ignore[return-value]


async def returns_an_exception() -> Order:
    """Returns an exception."""
    return HTTPException(404)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("endpoint", "remedy"),
    [
        (lacks_a_field, "returned a dict that does not fit its response model Order:\n  total: is missing"),
        (has_a_wrong_type, "total: Input should be a valid number"),
        (returns_an_exception, "returned an HTTPException: write `raise` instead of `return`"),
        (forgets_await, "returned a coroutine: write `return await later(...)`"),
        (uses_coroutine, "`found` is a coroutine: write `found = await later(...)`"),
        (awaits_too_much, "remove the `await`"),
        (needs_package, 'Install it: pip install "straightway[standard]"'),
        (needs_module, "pip install no_such_module_anywhere"),
        (runs_another_loop, "write `await` before the coroutine"),
        (reads_state, "set it in the lifespan"),
        (returns_a_circle, "contains itself"),
    ],
)
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_remedies(app, client, endpoint, remedy):
    """Where the cause is known, the answer says what to write."""
    app.get("/")(endpoint)

    error = error_of(client.get("/"))

    assert remedy in error["remedy"]
    # Where none of the user's lines ran, the endpoint itself is shown.
    assert error["frames"][0]["function"] == endpoint.__name__
    gc.collect()  # of what was not awaited, here and not in another test


def test_the_request_id_is_shown_where_there_is_one(app):
    """The command line leaves it in the scope."""
    app.get("/")(lambda: 1 / 0)

    async def wrapped(scope: Any, receive: Any, send: Any):
        await app({**scope, "straightway.request_id": "id-<1>"}, receive, send)

    client = TestClient(wrapped, raise_server_exceptions=False)

    assert error_of(client.get("/"))["request_id"] == "id-<1>"
    assert "id-&lt;1&gt;" in client.get("/", headers=HTML).text


def test_a_head_request_has_the_headers_of_the_page(app, client):
    """And no body, which the server sees to."""
    app.head("/")(lambda: 1 / 0)

    response = client.head("/", headers=HTML)

    assert response.status_code == 500
    assert response.headers["content-type"].startswith("text/html")


def test_after_the_response_has_started_nothing_is_shown(app, monkeypatch):
    """A stream that breaks is the server's to log: no page is made that nobody would see."""
    made: list[Any] = []
    monkeypatch.setattr(failure_answer, "failure_of", lambda *arguments: made.append(arguments))

    @app.get("/")
    async def endpoint():
        async def chunks():
            yield b"one"
            raise OSError("broken")

        return StreamingResponse(chunks())

    with pytest.raises(OSError, match="broken"):
        TestClient(app).get("/")

    assert made == []


def test_websockets_are_left_to_the_server(app):
    """There is nobody to show a page to."""

    @app.websocket("/")
    async def endpoint(websocket: WebSocket):
        raise OSError("in the socket")

    with pytest.raises(OSError, match="in the socket"), TestClient(app).websocket_connect("/"):
        pass


def test_production_says_nothing(client):
    """Without debug the answer is opaque, in whatever form it is asked for; a handler of last resort is asked."""
    app = Straightway()
    app.get("/")(lambda: 1 / 0)
    client = TestClient(app, raise_server_exceptions=False)

    for accept in ("text/html", "application/json", "text/plain"):
        response = client.get("/", headers={"accept": accept})
        assert (response.status_code, response.text) == (500, "Internal Server Error")

    @app.exception_handler(Exception)
    async def last(request: Request, error: Exception):
        return JSONResponse({"sorry": True}, 500)

    app.middleware_stack = None
    assert client.get("/").json() == {"sorry": True}


def test_if_it_cannot_be_shown_the_answer_is_opaque(app, client, monkeypatch, caplog):
    """A fault of ours does not take the place of the user's: it is logged, and the exception still reaches the server."""

    def fail(*arguments: Any):
        raise AssertionError("ours")

    monkeypatch.setattr(failure_answer, "failure_of", fail)
    app.get("/")(lambda: 1 / 0)

    with caplog.at_level(logging.ERROR):
        response = client.get("/")

    assert (response.status_code, response.text) == (500, "Internal Server Error")
    assert "could not be made" in caplog.text
    with pytest.raises(ZeroDivisionError):
        TestClient(app).get("/")


def test_nothing_of_it_is_imported_before_the_first_failure():
    """An application in debug mode starts as fast as another one."""
    program = (
        "import sys; from straightway import Straightway; Straightway(debug=True).build_middleware_stack();"
        "print([name for name in sys.modules if 'failure_page' in name or 'failing' in name])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603  # our own program

    assert done.stdout == "[]\n"
