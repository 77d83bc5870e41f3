"""Static single-page applications, without the framework around them."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from straightway.errors import DeclarationError, StraightwayError
from straightway.serve.frontend import Frontend, answer, frontend_of, included, match, respond
from tests.serve.asgi import ask, exchange, http_scope


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Return a directory with what a frontend build usually holds, and a secret beside it."""
    files = {
        "index.html": "shell",
        "a.txt": "0123456789",
        "about/index.html": "about",
        "empty/x.txt": "x",
        "über uns.txt": "uber",
    }
    for name, text in files.items():
        path = tmp_path / "dist" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "dist"


def serve(*frontends: Frontend) -> ASGIApp:
    """Return an application of nothing but frontends."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found = match(frontends, scope)
        if found is None:
            raise HTTPException(404, "no frontend")
        await respond(found[0], scope, receive, send)

    return ExceptionMiddleware(app)


def get(app: ASGIApp, path: str, *, method: str = "GET", **headers: str) -> Any:
    """Send a request with `headers`, whose names are written with underscores."""
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return ask(app, path=path, method=method, headers=pairs)


# Declaring


@pytest.mark.parametrize(
    ("path", "prefix", "full_path"),
    [
        ("/", "", ""),
        ("/app", "", "/app"),
        ("/app/", "", "/app"),
        ("/", "/x", "/x"),
        ("/ui/", "/x/y", "/x/y/ui"),
    ],
)
def test_paths_are_normalised(dist: Path, path: str, prefix: str, full_path: str):
    """A frontend's path is that of its router and its own, without trailing slashes."""
    assert frontend_of(path, directory=dist, prefix=prefix).path == full_path


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "A frontend path cannot be empty"),
        ("//", "A frontend path cannot be empty"),
        ("app", "A frontend path must start with '/'"),
    ],
)
def test_paths_that_are_refused(path: str, message: str):
    """A path is checked before anything else is looked at."""
    with pytest.raises(AssertionError) as caught:
        frontend_of(path, directory="missing", fallback="wrong")  # type: ignore[arg-type]

    assert isinstance(caught.value, DeclarationError)
    assert caught.value.message == message


@pytest.mark.parametrize("fallback", ["wrong", "", True, ["index.html"]])
def test_fallbacks_that_are_refused(dist: Path, fallback: Any):
    """A fallback is one of three names or None."""
    with pytest.raises(
        AssertionError, match=r"^fallback must be 'auto', 'index\.html', '404\.html', or None\n"
    ):
        frontend_of("/", directory=dist, fallback=fallback)


@pytest.mark.parametrize("directory", [None, 3])
def test_directories_that_are_no_paths(directory: Any):
    """A directory is a path."""
    with pytest.raises(TypeError):
        frontend_of("/", directory=directory)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return a way to set environment variables, starting without those that name the environment."""
    monkeypatch.delenv("STRAIGHTWAY_ENV", raising=False)
    monkeypatch.delenv("FASTAPI_ENV", raising=False)
    return monkeypatch


@pytest.mark.parametrize("check_dir", ["auto", True])
@pytest.mark.parametrize("variable", [None, "STRAIGHTWAY_ENV", "FASTAPI_ENV"])
def test_missing_directories_are_errors(
    tmp_path: Path, environment: pytest.MonkeyPatch, check_dir: Any, variable: str | None
):
    """Outside development the directory must exist when it is declared, and the error shows where it was expected."""
    environment.chdir(tmp_path)
    if variable:
        environment.setenv(variable, "production")

    with pytest.raises(RuntimeError) as caught:
        frontend_of("/", directory="missing", check_dir=check_dir)

    path = tmp_path / "missing"
    assert (
        caught.value.args[0]
        == f"Frontend directory 'missing' does not exist. Resolved absolute path: '{path}'"
    )


def test_a_file_is_no_directory(dist: Path):
    """What exists but is not a directory counts as missing."""
    with pytest.raises(StraightwayError, match="does not exist"):
        frontend_of("/", directory=dist / "a.txt")


@pytest.mark.parametrize("fallback", ["index.html", "404.html"])
def test_missing_fallbacks_are_errors(tmp_path: Path, environment: pytest.MonkeyPatch, fallback: Any):
    """A fallback that is named must exist, and the error shows in which directory."""
    environment.chdir(tmp_path)
    (tmp_path / "dist").mkdir()

    with pytest.raises(RuntimeError) as caught:
        frontend_of("/", directory="dist", fallback=fallback)

    assert caught.value.args[0] == (
        f"Frontend fallback file '{fallback}' does not exist in directory 'dist'. "
        f"Resolved absolute directory: '{tmp_path / 'dist'}'"
    )


@pytest.mark.parametrize("variable", ["STRAIGHTWAY_ENV", "FASTAPI_ENV"])
def test_development_only_warns(tmp_path: Path, environment: pytest.MonkeyPatch, variable: str):
    """During development the build may come later: the warning points at the line that declares the frontend."""
    environment.setenv(variable, "development")

    with pytest.warns(UserWarning, match="does not exist") as caught:
        frontend_of("/", directory=tmp_path / "missing", fallback="index.html")

    assert caught[0].filename == __file__
    assert str(tmp_path / "missing") in str(caught[0].message)


def test_our_variable_goes_first(tmp_path: Path, environment: pytest.MonkeyPatch):
    """`STRAIGHTWAY_ENV` overrules `FASTAPI_ENV`."""
    environment.setenv("STRAIGHTWAY_ENV", "production")
    environment.setenv("FASTAPI_ENV", "development")

    with pytest.raises(StraightwayError):
        frontend_of("/", directory=tmp_path / "missing")


def test_development_does_not_look_into_the_directory(tmp_path: Path, environment: pytest.MonkeyPatch):
    """A directory that exists is enough during development."""
    environment.setenv("STRAIGHTWAY_ENV", "development")

    assert frontend_of("/", directory=tmp_path, fallback="404.html").fallback == "404.html"


def test_checking_may_be_asked_for_in_development(tmp_path: Path, environment: pytest.MonkeyPatch):
    """`check_dir=True` checks in every environment."""
    environment.setenv("STRAIGHTWAY_ENV", "development")

    with pytest.raises(StraightwayError):
        frontend_of("/", directory=tmp_path / "missing", check_dir=True)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unchecked_directories_are_missed_by_the_request(tmp_path: Path, method: str):
    """With `check_dir=False` the first request raises what the declaration would have; built later, all is well."""
    app = serve(frontend_of("/", directory=tmp_path / "later", check_dir=False))

    with pytest.raises(StraightwayError, match="does not exist"):
        get(app, "/a.txt", method=method)

    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "a.txt").write_text("built")
    assert get(app, "/a.txt").body == b"built"


def test_unchecked_fallbacks_are_missed_by_the_request(dist: Path):
    """A fallback file that is missing is an error for the requests that need it, and only for those."""
    app = serve(frontend_of("/", directory=dist, fallback="404.html", check_dir=False))

    assert get(app, "/a.txt").status == 200
    assert get(app, "/none", method="POST").status == 404
    with pytest.raises(StraightwayError, match=r"404\.html"):
        get(app, "/none")


def test_inclusion_adds_prefix_and_dependencies(dist: Path):
    """An included frontend is another one: prefixes and dependencies of the outer router come first."""
    inner = frontend_of("/ui", directory=dist, dependencies=["own"])

    outer = included(inner, prefix="/x", dependencies=["router"])

    assert (outer.path, outer.dependencies) == ("/x/ui", ("router", "own"))
    assert (inner.path, inner.dependencies) == ("/ui", ("own",))


# Matching


def matched(frontends: list[Frontend], path: str, **scope: Any) -> Any:
    """Return the path of the frontend that the request belongs to, and how."""
    found = match(frontends, http_scope(path, **{"method": "GET", **scope}))
    return found and (found[0].path, found[1])


def test_the_longest_path_wins(dist: Path):
    """Among several frontends the most specific one serves the request; paths end at slashes."""
    frontends = [frontend_of(path, directory=dist) for path in ("/", "/admin", "/admin/new")]

    assert matched(frontends, "/admin/x") == ("/admin", Match.FULL)
    assert matched(frontends, "/admin") == ("/admin", Match.FULL)
    assert matched(frontends, "/admin/new/x") == ("/admin/new", Match.FULL)
    assert matched(frontends, "/administrator") == ("", Match.FULL)
    assert matched(frontends[1:], "/administrator") is None
    assert matched(frontends[1:], "/") is None


def test_the_first_of_equals_wins(dist: Path, tmp_path: Path):
    """Two frontends at one path: the one that was declared first serves."""
    first, second = (frontend_of("/", directory=directory) for directory in (dist, tmp_path))

    found = match([first, second], http_scope(method="GET"))

    assert found is not None
    assert found[0] is first


@pytest.mark.parametrize(
    ("method", "kind"), [("GET", Match.FULL), ("HEAD", Match.FULL), ("POST", Match.PARTIAL)]
)
def test_methods_that_read_match_fully(dist: Path, method: str, kind: Match):
    """GET and HEAD are full matches, other methods partial ones."""
    assert matched([frontend_of("/", directory=dist)], "/x", method=method) == ("", kind)


def test_websockets_never_match(dist: Path):
    """A frontend is about HTTP."""
    assert matched([frontend_of("/", directory=dist)], "/", type="websocket") is None


def test_the_root_path_is_not_part_of_the_path(dist: Path):
    """Behind a mount or proxy the path below the root path counts."""
    frontends = [frontend_of("/app", directory=dist)]

    assert matched(frontends, "/proxy/app/x", root_path="/proxy") == ("/app", Match.FULL)
    assert matched(frontends, "/app/x", root_path="/proxy") == ("/app", Match.FULL)
    assert matched(frontends, "/app/x", root_path="/app") is None


# Finding


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/", b"shell"),
        ("/index.html", b"shell"),
        ("/a.txt", b"0123456789"),
        ("/a.txt/", b"0123456789"),
        ("//a.txt", b"0123456789"),
        ("/about/../a.txt", b"0123456789"),
        ("/about/", b"about"),
        ("/über uns.txt", b"uber"),
    ],
)
def test_files_and_directories_are_found(dist: Path, path: str, body: bytes):
    """The path names a file, or a directory that has an index."""
    response = get(serve(frontend_of("/", directory=dist)), path)

    assert (response.status, response.body) == (200, body)
    assert {"etag", "last-modified", "accept-ranges"} <= response.headers.keys()


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/app", "http://testserver/app/"),
        ("/app/about", "http://testserver/app/about/"),
        ("/proxy/app/about", "http://testserver/proxy/app/about/"),
    ],
)
def test_directories_end_with_a_slash(dist: Path, path: str, location: str):
    """A directory without the slash is a redirect, so that relative links of its page work; the query is kept."""
    app = serve(frontend_of("/app", directory=dist))
    root_path = "/proxy" if path.startswith("/proxy") else ""

    response = ask(app, method="GET", path=path, root_path=root_path, query_string=b"x=1")

    assert (response.status, response.headers["location"]) == (307, f"{location}?x=1")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/about/../../secret.txt",
        "/..\\secret.txt",
        "\\secret.txt",
        "//..//secret.txt",
        "/...",
        "/a.txt/x",
        "/a\0b",
        "/\udc80",
        "/" + "x" * 300,
        "/empty/" + "x" * 250,
        "/empty",
        "/empty/",
        "/pipe",
    ],
    ids=ascii,
)
def test_what_is_not_found(dist: Path, path: str):
    """Names outside the directory, impossible ones, directories without index and special files are a 404."""
    os.mkfifo(dist / "pipe")

    assert get(serve(frontend_of("/", directory=dist, fallback=None)), path).status == 404


def test_links_lead_nowhere_outside(dist: Path, tmp_path: Path):
    """Symbolic links are followed within the directory only."""
    (dist / "inside.txt").symlink_to(dist / "a.txt")
    (dist / "outside.txt").symlink_to(tmp_path / "secret.txt")
    (dist / "parent").symlink_to(tmp_path)
    (dist / "broken").symlink_to("nowhere")
    app = serve(frontend_of("/", directory=dist))

    assert get(app, "/inside.txt").body == b"0123456789"
    assert [get(app, path).status for path in ("/outside.txt", "/parent/secret.txt", "/broken")] == [404] * 3


@pytest.mark.parametrize(
    ("error", "status"),
    [(PermissionError(), 401), (ValueError(), 404), (OSError(errno.ENAMETOOLONG, "name too long"), 404)],
)
def test_errors_of_the_file_system(dist: Path, error: Exception, status: int):
    """What may not be read is a 401, what cannot be a name a 404; no fallback is tried."""
    app = serve(unreadable(dist, error))

    assert get(app, "/a.txt", accept="text/html").status == status


def test_other_errors_of_the_file_system_are_raised(dist: Path):
    """A failing disk is nothing to answer with a 404."""
    error = OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output") as caught:
        get(serve(unreadable(dist, error)), "/a.txt")
    assert caught.value is error


def unreadable(dist: Path, error: Exception) -> Frontend:
    """Return a frontend on which every lookup fails: permissions do not stop a superuser who runs the tests."""

    def lookup_path(path: str) -> tuple[str, os.stat_result | None]:
        raise error

    frontend = frontend_of("/", directory=dist)
    frontend.files.lookup_path = lookup_path  # type: ignore[method-assign]
    return frontend


def test_files_have_the_semantics_of_static_files(dist: Path):
    """Ranges, conditional requests and HEAD work."""
    app = serve(frontend_of("/", directory=dist))
    whole = get(app, "/a.txt")

    part = get(app, "/a.txt", range="bytes=2-4")
    assert (part.status, part.body, part.headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    assert get(app, "/a.txt", range="bytes=90-").status == 416
    assert get(app, "/a.txt", if_none_match=whole.headers["etag"]).status == 304
    assert get(app, "/a.txt", if_modified_since=whole.headers["last-modified"]).status == 304
    head = get(app, "/a.txt", method="HEAD")
    assert (head.status, head.body, head.headers) == (200, b"", whole.headers)


# Falling back


@pytest.mark.parametrize("path", ["/dashboard/settings", "/users/jane.doe", "/v/1.2.3", "/empty/"])
@pytest.mark.parametrize("fallback", ["index.html", "auto"])
def test_the_index_answers_navigation(dist: Path, path: str, fallback: Any):
    """A browser that navigates gets the page, whose own router knows the path."""
    response = get(serve(frontend_of("/", directory=dist, fallback=fallback)), path, accept="text/html")

    assert (response.status, response.body) == (200, b"shell")


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("text/html", 200),
        ("TEXT/HTML", 200),
        ("application/xhtml+xml", 200),
        ("application/json, text/html;level=1; q=0.1", 200),
        ("text/html; q=wat", 200),
        ("text/html;q", 200),
        ("text/html;q=0, application/xhtml+xml", 200),
        ("text/html;q=0", 404),
        ("text/html; Q = 0.000", 404),
        ('text/html;q="0"', 404),
        ("text/html;q=0, */*;q=1", 404),
        ("application/xhtml+xml; q=0, */*", 404),
        ("*/*", 404),
        ("text/*", 404),
        ("text/htmlx", 404),
        ("image/png", 404),
        ("", 404),
    ],
)
def test_navigation_is_told_by_the_accept_header(dist: Path, accept: str, status: int):
    """Only who names HTML, and not with weight 0, wants the page: scripts and images say `*/*`."""
    app = serve(frontend_of("/", directory=dist, fallback="index.html"))

    assert get(app, "/missing", accept=accept).status == status


def test_no_accept_header_is_no_navigation(dist: Path):
    """Without an Accept header nothing is known about the client."""
    assert get(serve(frontend_of("/", directory=dist)), "/missing").status == 404


@pytest.mark.parametrize("fallback", ["404.html", "auto"])
@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_a_page_for_what_is_missing(dist: Path, fallback: Any, accept: str):
    """`404.html` answers everything that is missing, with that status, and goes before the index."""
    (dist / "404.html").write_text("lost")
    app = serve(frontend_of("/", directory=dist, fallback=fallback))

    response = get(app, "/missing.js", accept=accept)

    assert (response.status, response.body) == (404, b"lost")
    assert get(app, "/missing.js", method="HEAD").headers["content-length"] == "4"


def test_no_fallback(dist: Path):
    """Without a fallback, what is missing is a 404 for browsers too."""
    response = get(serve(frontend_of("/", directory=dist, fallback=None)), "/missing", accept="text/html")

    assert (response.status, response.body) == (404, b"Not Found")


def test_an_automatic_fallback_needs_no_files(dist: Path):
    """`auto` uses what there is: in a directory without pages, nothing."""
    app = serve(frontend_of("/", directory=dist / "empty"))

    assert get(app, "/missing", accept="text/html").body == b"Not Found"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 405),
        ("/a.txt", 405),
        ("/about", 405),
        ("/about/", 405),
        ("/empty/", 404),
        ("/dashboard", 404),
        ("/a\0b", 404),
    ],
    ids=ascii,
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods(dist: Path, method: str, path: str, status: int):
    """What exists does not allow other methods; what only the fallback would answer does not exist for them."""
    response = get(serve(frontend_of("/", directory=dist)), path, method=method, accept="text/html")

    assert response.status == status
    assert "allow" not in response.headers


def test_the_answer_alone(dist: Path):
    """The answer can be had as a response, for code that sends it its own way."""

    async def run() -> Response:
        return await answer(frontend_of("/", directory=dist), http_scope("/a.txt", method="GET"))

    response = anyio.run(run)

    assert stat.S_ISREG(response.stat_result.st_mode)  # type: ignore[attr-defined]
    assert response.headers["content-length"] == "10"


def test_concurrent_requests_share_a_frontend(dist: Path):
    """Many requests at once are answered from one frontend, each with its own file."""
    app = serve(frontend_of("/", directory=dist))
    bodies: dict[int, bytes] = {}

    async def one(number: int) -> None:
        path = "/a.txt" if number % 2 else "/about/"
        bodies[number] = (await exchange(app, path=path, method="GET", spec_version="2.4")).body

    async def run() -> None:
        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(one, number)

    anyio.run(run)

    assert bodies == {number: b"0123456789" if number % 2 else b"about" for number in range(20)}
