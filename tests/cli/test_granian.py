"""`straightway run --server granian`: the same course as with uvicorn."""

import signal
import socket
import subprocess

import pytest

APPLICATION = """
    import os
    from contextlib import asynccontextmanager
    from straightway import Request, Straightway

    @asynccontextmanager
    async def lifespan(app):
        yield {"left": 1}
        print("the application has stopped", flush=True)

    app = Straightway(lifespan=lifespan)

    @app.get("/")
    def index(request: Request):
        return {
            "pid": os.getpid(), "left": request.state.left, "client": request.client.host, "url": str(request.url),
        }

    @app.get("/straight")
    async def straight():
        return 1
"""


@pytest.fixture
def application(project):
    """A directory with an application that tells who asks."""
    project.write("main.py", APPLICATION)
    return project


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_comes(application, launch, get, number):
    """The lifespan runs around it, each request is logged, and the command ends with 0."""
    running = launch("run", "--server", "granian", "--host", "127.0.0.1", "--port", "0")
    url = running.url()

    assert get(url)["left"] == 1
    assert get(f"{url}/straight") == 1
    assert running.until("GET     /straight").split()[2] == "200"

    running.process.send_signal(number)
    assert running.finish() == 0
    assert "the application has stopped" in running.output


def test_workers_share_the_port(application, launch, get):
    """Several processes answer; all of them end."""
    running = launch("run", "--server", "granian", "--host", "127.0.0.1", "--port", "0", "--workers", "2")
    url = running.url()

    assert {get(url)["pid"] for _ in range(40)} - {running.process.pid}

    running.signal(signal.SIGINT)
    assert running.finish() == 0


def test_proxy_and_root_path(application, launch, get):
    """A trusted proxy's word on the client counts, and a prefix it removed is part of the URL."""
    running = launch(
        "run", "--server", "granian", "--host", "127.0.0.1", "--port", "0", "--root-path", "/api"
    )
    url = running.url()

    answer = get(url, **{"x-forwarded-for": "9.9.9.9", "x-forwarded-proto": "https", "host": "example.org"})

    assert (answer["client"], answer["url"]) == ("9.9.9.9", "https://example.org/api/")


def test_proxy_headers_can_be_ignored(application, launch, get):
    """Without --proxy-headers nobody is believed."""
    options = ("--server", "granian", "--host", "127.0.0.1", "--port", "0", "--no-proxy-headers")
    running = launch("run", *options)

    assert get(running.url(), **{"x-forwarded-for": "9.9.9.9"})["client"] == "127.0.0.1"


def test_busy_port_is_told(application, command):
    """Another program's port is not shared."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = command("run", "--server", "granian", "--host", "127.0.0.1", "--port", port)

    assert done.code == 1
    assert f"Port {port} on 127.0.0.1 is already in use" in done.err


def test_startup_that_fails_is_told_with_the_line(project, command):
    """An exception of the lifespan ends the command, with file and line."""
    project.write(
        "main.py",
        """
        from contextlib import asynccontextmanager
        from straightway import Straightway

        @asynccontextmanager
        async def lifespan(app):
            raise RuntimeError("no database")
            yield

        app = Straightway(lifespan=lifespan)
        """,
    )

    done = command("run", "--server", "granian", "--host", "127.0.0.1", "--port", "0")

    assert done.code == 1
    assert "The startup of the application failed: RuntimeError: no database" in done.err
    assert "main.py" in done.err


def test_second_signal_does_not_wait_for_open_requests(project, launch):
    """A response without end holds up the first signal, as it should, but not the second one."""
    project.write(
        "main.py",
        """
        import asyncio
        from straightway import Straightway
        from straightway.responses import StreamingResponse

        app = Straightway()

        @app.get("/endless")
        async def endless():
            async def pieces():
                while True:
                    yield b"x"
                    await asyncio.sleep(0.01)

            return StreamingResponse(pieces())
        """,
    )
    running = launch("run", "--server", "granian", "--host", "127.0.0.1", "--port", "0")
    host, port = running.url().removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(b"GET /endless HTTP/1.1\r\nhost: a\r\n\r\n")
        assert client.recv(1000)

        running.process.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            running.process.wait(1)
        running.process.send_signal(signal.SIGTERM)

        assert running.finish() == 130


def test_startup_that_hangs_can_be_interrupted(project, launch):
    """A signal ends a startup that would never end by itself."""
    project.write(
        "main.py",
        """
        import asyncio
        from contextlib import asynccontextmanager
        from straightway import Straightway

        @asynccontextmanager
        async def lifespan(app):
            print("starting", flush=True)
            await asyncio.sleep(600)
            yield

        app = Straightway(lifespan=lifespan)
        """,
    )
    running = launch("run", "--server", "granian", "--host", "127.0.0.1", "--port", "0")
    running.until("starting")

    running.process.send_signal(signal.SIGINT)

    assert running.finish() == 130


def test_other_applications_are_not_served(project, command):
    """An ASGI application of another kind is refused, with what serves it."""
    project.write("main.py", "async def app(scope, receive, send): ...")

    done = command("run", "--server", "granian", "--port", "0", "-e", "main:app")

    assert done.code == 1
    assert "granian --interface asgi main:app" in done.err


def test_granian_must_be_installed(project, application, command):
    """Where it is missing, the exact command that installs it is told."""
    project.write("sitecustomize.py", "import sys\nsys.modules['granian'] = None")

    done = command("run", "--server", "granian", "--port", "0", PYTHONPATH=str(project.directory))

    assert done.code == 1
    assert 'pip install "straightway[granian]"' in done.err
