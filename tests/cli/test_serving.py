import http.client
import signal
import socket
import sys
import textwrap
from urllib.parse import urlsplit

import pytest

from straightway.cli.messages import LONGEST


@pytest.fixture
def taken_port():
    """A port of this machine on which somebody listens already."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize("arguments", [["run", "--host", "127.0.0.1"], ["dev", "--no-reload"], ["dev"]])
def test_the_ready_line_comes_when_the_server_answers(application, launch, get, arguments):
    """Who reads the line can connect at once; port 0 is shown as the port that was found."""
    running = launch(*arguments, "--port", "0")

    url = running.url()

    assert get(url)["answer"] == 1
    assert running.until("Documentation at") == f"Documentation at {url}/docs"
    assert urlsplit(url).hostname == "127.0.0.1"
    assert urlsplit(url).port > 0


def test_a_slow_startup_delays_the_ready_line(project, launch, get):
    """The line comes after the lifespan has started, and until then clients are refused."""
    project.write(
        "main.py",
        """
        import os, socket
        from contextlib import asynccontextmanager
        from straightway import Straightway

        def refused():
            with socket.socket() as client:
                return client.connect_ex(("127.0.0.1", int(os.environ["PORT"]))) != 0

        @asynccontextmanager
        async def lifespan(app):
            print("refused while starting:", refused(), flush=True)
            yield

        app = Straightway(lifespan=lifespan)
        """,
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    running = launch("run", "--host", "127.0.0.1", PORT=str(port))

    assert running.until("refused while starting") == "refused while starting: True"
    assert running.url() == f"http://127.0.0.1:{port}"


def test_run_listens_on_all_addresses(application, launch, get):
    """In production the default host is 0.0.0.0, what a container needs."""
    running = launch("run", "--port", "0")

    url = running.url()

    assert urlsplit(url).hostname == "0.0.0.0"  # noqa: S104  # the default of `run`, under test
    assert get(f"http://127.0.0.1:{urlsplit(url).port}/")["answer"] == 1


def test_ipv6_is_served(application, launch, get):
    """An IPv6 host is bound as such, and shown in brackets."""
    if not socket.has_ipv6:
        pytest.skip("this Python has no IPv6")
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6 address")

    url = launch("run", "--host", "::1", "--port", "0").url()

    assert url.startswith("http://[::1]:")
    assert get(url)["answer"] == 1


@pytest.mark.parametrize("name", ["STRAIGHTWAY_PUBLIC_URL", "FASTAPI_PUBLIC_URL"])
def test_a_public_url_is_printed_instead(application, launch, name):
    """Behind a tunnel or a proxy, the URL that people use is named in the environment."""
    running = launch("run", "--port", "0", **{name: "https://shop.example/"})

    assert running.until("Server started at") == "Server started at https://shop.example"
    assert running.until("Documentation at") == "Documentation at https://shop.example/docs"


def test_an_application_without_documentation_announces_none(project, launch):
    """No URL is printed that would answer 404."""
    project.write("main.py", "from straightway import Straightway\napp = Straightway(openapi_url=None)")
    running = launch("run", "--host", "127.0.0.1", "--port", "0")
    running.url()

    running.signal(signal.SIGINT)
    running.finish()

    assert not any("Documentation" in line for line in running.output)


def test_requests_are_logged_in_one_tidy_line(application, launch, get):
    """Request, status, time, id and client, and nothing about the server's own course."""
    running = launch("run", "--host", "127.0.0.1", "--port", "0")
    get(running.url(), **{"x-request-id": "mine"})

    line = running.until("GET ")
    running.signal(signal.SIGINT)
    running.finish()

    method, path, status, _, unit, request_id, client = line.split()
    assert (method, path, status, unit, request_id, client) == ("GET", "/", "200", "ms", "mine", "127.0.0.1")
    assert not any("lifespan" in line or "Started server process" in line for line in running.output)
    assert not any("\033" in line for line in running.output)


def test_verbose_shows_how_the_application_was_found(application, launch):
    """-v adds the import string and the server's log."""
    running = launch("run", "-v", "--host", "127.0.0.1", "--port", "0")

    assert "main:app" in running.until("Using import string")
    assert running.until("Application startup complete")


@pytest.mark.parametrize("arguments", [["run"], ["dev", "--no-reload"], ["dev"], ["run", "--workers", "2"]])
def test_an_interrupt_ends_everything_cleanly(application, launch, get, arguments):
    """Ctrl-C exits with 0, leaves no process behind, and prints no traceback."""
    running = launch(*arguments, "--host", "127.0.0.1", "--port", "0")
    get(running.url())

    running.signal(signal.SIGINT)
    code = running.finish()

    assert code == 0
    assert not any("Traceback" in line or "Error" in line for line in running.output)


@pytest.mark.parametrize("arguments", [["run"], ["dev"], ["run", "--workers", "2"]])
def test_an_interrupt_during_the_import_ends_everything_cleanly(project, launch, arguments):
    """An application that hangs while it is imported can be interrupted too."""
    project.write("main.py", "import threading\nprint('importing', flush=True)\nthreading.Event().wait()")
    running = launch(*arguments, "--port", "0")
    running.until("importing")

    running.signal(signal.SIGINT)
    code = running.finish()

    assert code in {0, 130}
    assert not any("Traceback" in line for line in running.output)


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_a_signal_that_hits_an_import_is_not_lost(project, launch, number):
    """Python drops what is raised in the callback that forgets a module's lock: the signal waits until it is over."""
    project.write(
        "main.py",
        f"""
        import os, signal, weakref
        from contextlib import asynccontextmanager
        import anyio
        from straightway import Straightway

        class Lock:
            pass

        program = "def cb(reference):\\n    os.kill(os.getpid(), signal.{number})\\n"
        exec(compile(program, "<frozen importlib._bootstrap>", "exec"))

        @asynccontextmanager
        async def lifespan(app):
            try:
                lock = Lock()
                reference = weakref.ref(lock, cb)
                del lock
                await anyio.sleep_forever()
                yield
            finally:
                print("giving up", flush=True)

        app = Straightway(lifespan=lifespan)
        """,
    )
    running = launch("run", "--port", "0")

    running.until("giving up")
    running.finish()

    assert not any("Traceback" in line or "Error" in line for line in running.output)


@pytest.mark.parametrize("arguments", [["run"], ["dev"], ["run", "--workers", "2"]])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["interrupt", "terminate"])
def test_a_startup_that_hangs_can_be_interrupted(project, launch, arguments, number):
    """A lifespan that never gets to its yield is given up, and may still clean up."""
    project.write(
        "main.py",
        """
        import anyio
        from contextlib import asynccontextmanager
        from straightway import Straightway

        @asynccontextmanager
        async def lifespan(app):
            try:
                print("connecting", flush=True)
                await anyio.sleep_forever()
                yield
            finally:
                print("giving up", flush=True)

        app = Straightway(lifespan=lifespan)
        """,
    )
    running = launch(*arguments, "--port", "0")
    running.until("connecting")

    running.signal(number)
    running.finish()

    assert "giving up" in running.output
    assert not any("Traceback" in line or "Error" in line for line in running.output)


@pytest.mark.parametrize("arguments", [["run"], ["dev"], ["run", "--workers", "2"]])
def test_termination_runs_the_end_of_the_lifespan(project, launch, arguments):
    """SIGTERM, what a container gets, ends requests and lifespan in order."""
    project.write(
        "main.py",
        """
        from contextlib import asynccontextmanager
        from straightway import Straightway

        @asynccontextmanager
        async def lifespan(app):
            yield
            print("closed in order", flush=True)

        app = Straightway(lifespan=lifespan)
        """,
    )
    running = launch(*arguments, "--host", "127.0.0.1", "--port", "0")
    running.url()

    running.process.send_signal(signal.SIGTERM)
    code = running.finish()

    assert "closed in order" in running.output
    assert code in {0, -signal.SIGTERM}


@pytest.mark.parametrize("arguments", [["run"], ["dev"], ["run", "--workers", "2"]])
def test_a_busy_port_is_told_with_another(application, command, taken_port, arguments):
    """One message, a command that would work, exit code 1."""
    done = command(*arguments, "--host", "127.0.0.1", "--port", str(taken_port))

    assert done.code == 1
    assert done.err.startswith(f"Error: Port {taken_port} on 127.0.0.1 is already in use\n")
    assert f"{arguments[0]} --port {taken_port + 1}" in done.err
    assert "Traceback" not in done.err


def test_a_port_that_is_taken_during_the_startup_is_told(project, launch):
    """Between binding and listening another server may be quicker; the message is the same."""
    project.write(
        "main.py",
        """
        import os, socket
        from contextlib import asynccontextmanager
        from straightway import Straightway

        @asynccontextmanager
        async def lifespan(app):
            with socket.socket() as rival:
                rival.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                rival.bind(("127.0.0.1", int(os.environ["PORT"])))
                rival.listen()
                app.state.rival = os.dup(rival.fileno())
            yield
            print("closed in order", flush=True)

        app = Straightway(lifespan=lifespan)
        """,
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    running = launch("run", "--host", "127.0.0.1", PORT=str(port))
    code = running.finish()

    assert code == 1
    assert f"Error: Port {port} on 127.0.0.1 is already in use" in running.output
    assert "closed in order" in running.output
    assert not any("Traceback" in line for line in running.output)


def test_a_host_of_another_machine_is_told(application, command):
    """What to use instead is part of the message."""
    done = command("run", "--host", "203.0.113.1", "--port", "0")

    assert done.code == 1
    assert "Error: 203.0.113.1 is not an address of this machine" in done.err


def test_nothing_to_serve_is_told(command):
    """An empty directory: one message, exit code 1."""
    done = command("run")

    assert done.code == 1
    assert done.err.startswith("Error: Could not find a default file to run")
    assert done.out == ""


BROKEN = {
    "missing module": ("\nimport no_such_package", "main.py:2", "No module named 'no_such_package'"),
    "syntax": ("\n\napp = (", "main.py:3", "SyntaxError"),
    "exception": ("\nx = 1\ny = x / 0", "main.py:3", "ZeroDivisionError"),
    "no application": ("x = 1", "main.py", "Could not find a Straightway application"),
    "lifespan": (
        """
        from contextlib import asynccontextmanager
        from straightway import Straightway

        @asynccontextmanager
        async def lifespan(app):
            raise ConnectionError("the database does not answer")
            yield

        app = Straightway(lifespan=lifespan)
        """,
        "main.py:7",
        "The startup of the application failed: ConnectionError: the database does not answer",
    ),
}


@pytest.mark.parametrize(
    "arguments", [["run"], ["dev"], ["run", "--workers", "2"]], ids=["run", "dev", "workers"]
)
@pytest.mark.parametrize(("source", "place", "reason"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_start_is_told_once_with_file_and_line(
    project, command, arguments, source, place, reason
):
    """Whatever is wrong with the application: one message of at most 15 lines on standard error, exit code 1."""
    # Blank lines at the beginning are part of these sources: they make line numbers.
    (project.directory / "main.py").write_text(textwrap.dedent(source))

    done = command(*arguments, "--port", "0")

    assert done.code == 1
    assert reason in done.err
    assert place in done.err
    assert done.err.startswith("Error: ")
    assert done.err.count(reason) == 1
    assert len(done.err.splitlines()) <= LONGEST
    assert "Traceback" not in done.err
    assert "straightway/cli" not in done.err
    assert "uvicorn" not in done.err
    assert "Server started" not in done.out


def test_verbose_shows_the_whole_traceback(project, command):
    """Framework frames included, for those who look for a mistake there."""
    project.write("main.py", "import no_such_package")

    done = command("run", "--verbose", "--port", "0")

    assert done.code == 1
    assert "Traceback (most recent call last)" in done.err
    assert "importlib" in done.err


@pytest.mark.parametrize("arguments", [["run"], ["dev"], ["run", "--workers", "2"]])
def test_a_shutdown_that_fails_is_told(project, launch, arguments):
    """The end of the lifespan may fail too: file, line, exit code 1."""
    project.write(
        "main.py",
        """
        from contextlib import asynccontextmanager
        from straightway import Straightway

        @asynccontextmanager
        async def lifespan(app):
            yield
            raise ValueError("cannot close")

        app = Straightway(lifespan=lifespan)
        """,
    )
    running = launch(*arguments, "--host", "127.0.0.1", "--port", "0")
    running.url()

    running.signal(signal.SIGINT)
    code = running.finish()

    assert code == 1
    assert (
        running.output.count("Error: The shutdown of the application failed: ValueError: cannot close") == 1
    )
    assert "  main.py:7" in running.output
    assert not any("Traceback" in line for line in running.output)


CLIENT = """
    from straightway import Request, Straightway

    app = Straightway()

    @app.get("/")
    def index(request: Request):
        return {"client": request.client.host, "scheme": request.url.scheme, "root": request.scope["root_path"]}
"""


@pytest.mark.parametrize(
    ("arguments", "client", "scheme"),
    [
        ([], "198.51.100.7", "https"),
        (["--forwarded-allow-ips", "*"], "198.51.100.7", "https"),
        (["--forwarded-allow-ips", "10.0.0.1"], "127.0.0.1", "http"),
        (["--no-proxy-headers"], "127.0.0.1", "http"),
    ],
    ids=["this machine", "all", "another machine", "refused"],
)
@pytest.mark.parametrize("name", ["run", "dev"])
def test_proxy_headers_are_believed_of_trusted_proxies(project, launch, get, name, arguments, client, scheme):
    """X-Forwarded-For and X-Forwarded-Proto count if the connection comes from a trusted address."""
    project.write("main.py", CLIENT)
    url = launch(name, "--no-reload", "--host", "127.0.0.1", "--port", "0", *arguments).url()

    seen = get(url, **{"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"})

    assert (seen["client"], seen["scheme"]) == (client, scheme)


def test_root_path_reaches_the_application(project, launch, get):
    """The prefix that a proxy removes is part of the scope."""
    project.write("main.py", CLIENT)

    url = launch("run", "--host", "127.0.0.1", "--port", "0", "--root-path", "/api/v1").url()

    assert get(url)["root"] == "/api/v1"


ENVIRONMENT = """
    import os
    from straightway import Straightway

    app = Straightway()

    @app.get("/")
    def index():
        names = "STRAIGHTWAY_ENV", "FASTAPI_ENV"
        return {"environment": [os.environ.get(name) for name in names], "debug": app.debug}
"""


@pytest.mark.parametrize("reload", ["--reload", "--no-reload"])
def test_dev_says_so_to_the_application(project, launch, get, reload):
    """The environment names development, and errors are answered with their traceback."""
    project.write("main.py", ENVIRONMENT)

    seen = get(launch("dev", reload, "--port", "0").url())

    assert seen == {"environment": ["development", "development"], "debug": True}


def test_dev_leaves_an_environment_that_is_set(project, launch, get):
    """Who has named the environment keeps it."""
    project.write("main.py", ENVIRONMENT)

    seen = get(launch("dev", "--port", "0", STRAIGHTWAY_ENV="staging").url())

    assert seen["environment"] == ["staging", "development"]


def test_run_leaves_environment_and_debug_alone(project, launch, get):
    """Production is what the application itself says."""
    project.write("main.py", ENVIRONMENT)

    seen = get(launch("run", "--host", "127.0.0.1", "--port", "0").url())

    assert seen == {"environment": [None, None], "debug": False}


@pytest.mark.parametrize(
    "arguments", [["src/shop/main.py"], ["src/shop/main.py", "--app", "shop"], ["src/shop/main.py:shop"]]
)
def test_a_path_below_is_served(project, launch, get, arguments):
    """A file in a package elsewhere is imported through its package."""
    project.write("src/shop/__init__.py", "")
    project.write("src/shop/numbers.py", "ANSWER = 42")
    project.write(
        "src/shop/main.py",
        """
        from straightway import Straightway
        from .numbers import ANSWER

        shop = Straightway()

        @shop.get("/")
        def index():
            return {"answer": ANSWER, "module": __name__}
        """,
    )

    url = launch("run", *arguments, "--host", "127.0.0.1", "--port", "0").url()

    assert get(url) == {"answer": 42, "module": "shop.main"}


@pytest.mark.parametrize("arguments", [["main:app"], ["--entrypoint", "main:app"], ["-e", "main:app"]])
def test_an_import_string_is_served(application, launch, get, arguments):
    """As PATH, as uvicorn has it, or as an option."""
    url = launch("run", *arguments, "--host", "127.0.0.1", "--port", "0").url()

    assert get(url)["answer"] == 1


def test_the_entrypoint_of_pyproject_is_served(project, launch, get):
    """A bare `straightway run` serves what pyproject.toml names."""
    project.write("pyproject.toml", '[tool.straightway]\nentrypoint = "shop:api"')
    project.write(
        "shop.py",
        "from straightway import Straightway\napi = Straightway()\n@api.get('/')\ndef f(): return 7",
    )

    assert get(launch("run", "--host", "127.0.0.1", "--port", "0").url()) == 7


def test_the_users_files_do_not_replace_pythons_own(application, launch, get):
    """A file called email.py beside main.py is not what the server imports as `email`."""
    application.write("email.py", "raise RuntimeError('imported by mistake')")

    assert get(launch("run", "--host", "127.0.0.1", "--port", "0").url())["answer"] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals to another process end it there")
@pytest.mark.parametrize("arguments", [["run"], ["run", "--workers", "2"]])
def test_a_second_interrupt_does_not_wait_for_connections(project, launch, arguments):
    """The first Ctrl-C lets requests finish; the second one does not."""
    project.write(
        "main.py",
        """
        import anyio
        from straightway import Straightway

        app = Straightway()

        @app.get("/")
        async def index():
            print("waiting", flush=True)
            await anyio.sleep_forever()
        """,
    )
    running = launch(*arguments, "--host", "127.0.0.1", "--port", "0")
    connection = http.client.HTTPConnection(urlsplit(running.url()).netloc)
    connection.request("GET", "/")
    running.until("waiting")

    running.signal(signal.SIGINT)
    running.until("Waiting for connections to close")
    running.signal(signal.SIGINT)
    code = running.finish()
    connection.close()

    assert code == 0
