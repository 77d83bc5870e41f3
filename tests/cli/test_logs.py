"""What a command that serves writes, read as programs and people read it."""

import json
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

APPLICATION = """
    import asyncio, logging, warnings
    from straightway import BackgroundTasks, Request, Straightway, WebSocket
    from straightway.logs import get_request_id
    from straightway.responses import StreamingResponse

    log = logging.getLogger("shop.orders")
    log.warning("imported")
    app = Straightway()

    @app.get("/items/{item}")
    async def item(item: str):
        log.info("reading %s", item)
        await asyncio.sleep(0.01)
        return get_request_id()

    @app.get("/layered/{item}")
    def layered(request: Request, item: str, tasks: BackgroundTasks):
        log.info("in a thread")
        tasks.add_task(log.info, "in the background")
        return get_request_id()

    @app.get("/failing")
    async def failing():
        raise ValueError("boom\\nERROR:    fake")

    @app.get("/halfway")
    async def halfway(request: Request):
        async def parts():
            yield b"part"
            raise ValueError("halfway")
        return StreamingResponse(parts())

    @app.get("/endless")
    async def endless(request: Request):
        async def parts():
            while True:
                yield b"part"
                await asyncio.sleep(0.01)
        return StreamingResponse(parts())

    @app.websocket("/socket")
    async def socket(websocket: WebSocket):
        await websocket.accept()
        await websocket.receive_text()
        raise ValueError("in a socket")
"""
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "logs.py"
HERE = ("--host", "127.0.0.1", "--port", "0")
GRANIAN = ("--server", "granian")
JSON = ("--log-format", "json")


@pytest.fixture
def application(project):
    """A directory with an application that logs."""
    project.write("main.py", APPLICATION)
    return project


def url_in(running):
    """Wait until the server has started, and return where, from a JSON line."""
    return json.loads(running.until("Server started at"))["message"].split()[-1]


def stop(running):
    """Interrupt the command, and return the exit code."""
    running.signal(signal.SIGINT)
    return running.finish()


def objects(lines):
    """Return what each line says; all of them must be objects with what every record has."""
    found = [json.loads(line) for line in lines]
    assert all({"timestamp", "level", "logger", "message"} <= {*each} for each in found)
    return found


def of(logger, found):
    """Return the objects of one logger."""
    return [each for each in found if each["logger"] == logger]


IDS = ["id-ite", "id-lay", "id-fai", "id-now"]
"""The ids of requests, in the order in which they are sent."""


@pytest.mark.parametrize(
    "arguments", [(), GRANIAN, ("--workers", "2")], ids=["uvicorn", "granian", "workers"]
)
def test_json_is_all_that_is_written(application, launch, arguments):
    """From the first line to the last, each is an object; requests, records and failures belong together by their id."""
    running = launch("run", *HERE, *JSON, *arguments)
    url = url_in(running)

    for path in ("/items/a%0aFAKE%1b[31m?token=secret", "/layered/b", "/failing", "/nowhere"):
        httpx2.get(url + path, headers={"x-request-id": f"id{path[:4].replace('/', '-')}"})
    running.until("/nowhere")
    assert stop(running) == 0

    found = objects(running.output)
    # A line is written after its response: those of two workers may come in another order than the requests.
    requests = sorted(of("straightway.access", found), key=lambda each: IDS.index(each["request_id"]))
    assert [
        (each["url.path"], each["http.response.status_code"], each["request_id"]) for each in requests
    ] == [
        ("/items/a\nFAKE\x1b[31m", 200, "id-ite"),
        ("/layered/b", 200, "id-lay"),
        ("/failing", 500, "id-fai"),
        ("/nowhere", 404, "id-now"),
    ]
    assert requests[0]["http.request.method"] == "GET"
    assert requests[0]["http.route"] == "/items/{item}"
    assert requests[0]["client.address"] == "127.0.0.1"
    assert not any("secret" in line for line in running.output)
    records = [(each["message"], each.get("request_id")) for each in of("shop.orders", found)]
    assert sorted(records, key=lambda each: IDS.index(each[1]) if each[1] in IDS else -1)[-3:] == [
        ("reading a\nFAKE\x1b[31m", "id-ite"),
        ("in a thread", "id-lay"),
        ("in the background", "id-lay"),
    ]
    assert ("imported", None) in records
    (failure,) = [each for each in found if "exception" in each]
    assert failure["request_id"] == "id-fai"
    assert failure["exception"]["type"] == "ValueError"
    assert "main.py" in failure["exception"]["stacktrace"]


def test_json_can_be_asked_for_by_the_environment(application, launch):
    """Containers are configured by variables."""
    running = launch("run", *HERE, STRAIGHTWAY_LOG_FORMAT="json")

    url_in(running)
    assert stop(running) == 0
    assert objects(running.output)


def test_json_survives_a_reload(application, launch):
    """The process that is started anew writes objects too, and so does the one that watches."""
    running = launch("dev", *HERE, *JSON)
    url = url_in(running)
    application.write("main.py", APPLICATION + "\n    again = True\n")
    running.until("Server restarted")

    httpx2.get(f"{url}/items/1")
    running.until("url.path")
    assert stop(running) == 0
    assert len(of("straightway.access", objects(running.output))) == 1


@pytest.mark.parametrize(
    "arguments", [(), GRANIAN, ("--workers", "2")], ids=["uvicorn", "granian", "workers"]
)
def test_failures_to_start_are_objects_too(project, command, arguments):
    """Who collects the log learns from it why there is no server."""
    project.write(
        "main.py",
        """
        import warnings
        from contextlib import asynccontextmanager
        from straightway import Straightway

        @asynccontextmanager
        async def lifespan(app):
            warnings.warn("about to fail")
            raise RuntimeError("no database")
            yield

        app = Straightway(lifespan=lifespan)
        """,
    )

    done = command("run", *HERE, *JSON, *arguments)

    found = objects([*done.out.splitlines(), *done.err.splitlines()])
    assert done.code == 1
    assert any(each["level"] == "ERROR" and "no database" in each["message"] for each in found)
    assert any("about to fail" in each["message"] for each in of("py.warnings", found))


def test_a_missing_application_is_an_object(project, command):
    """So is what goes wrong before anything is imported."""
    done = command("run", *JSON, "absent.py")

    assert done.code == 1
    assert "absent.py" in objects(done.err.splitlines())[0]["message"]


def test_messages_of_the_server_are_objects(application, launch):
    """What is no HTTP is told by uvicorn, in the format of all others."""
    running = launch("run", *HERE, *JSON)
    address = urlsplit(url_in(running))
    with socket.create_connection((address.hostname, address.port)) as client:
        client.sendall(b"this is no HTTP\r\n\r\n")
        running.until("Invalid HTTP request")

    assert stop(running) == 0
    (warning,) = of("uvicorn.error", objects(running.output))
    assert warning["level"] == "WARNING"


@pytest.mark.parametrize("arguments", [("dev", "--no-reload"), ("run",), ("run", *GRANIAN)], ids=" ".join)
def test_a_failure_is_told_once(application, launch, arguments):
    """One traceback, of the user's lines; the request has its line beside it; nothing can fake another."""
    running = launch(*arguments, *HERE)
    url = running.url()

    answer = httpx2.get(f"{url}/failing")
    running.until("GET     /failing")
    assert stop(running) == 0

    output = "\n".join(running.output)
    request_id = answer.headers["x-request-id"]
    assert output.count("Traceback") == output.count("ValueError: boom") == 1
    assert f"ERROR:    [{request_id}] GET /failing failed in main.failing" in running.output
    assert "    ERROR:    fake" in running.output
    assert not any(line.startswith("ERROR:    fake") for line in running.output)
    assert "starlette" not in output.replace("frames of straightway, starlette", "")


def test_in_production_the_client_learns_the_id_only(application, launch):
    """Text and JSON say nothing of what went wrong."""
    running = launch("run", *HERE)
    url = running.url()

    text = httpx2.get(f"{url}/failing")
    structured = httpx2.get(f"{url}/failing", headers={"accept": "application/json"})

    assert text.text == f"Internal Server Error\nRequest id: {text.headers['x-request-id']}"
    assert structured.json() == {
        "detail": "Internal Server Error",
        "request_id": structured.headers["x-request-id"],
    }


@pytest.mark.parametrize("arguments", [(), GRANIAN], ids=["uvicorn", "granian"])
def test_a_last_handler_that_fails_itself_is_answered(project, launch, arguments):
    """The client gets the opaque answer all the same, and the log shows how one failure led to the other."""
    project.write(
        "main.py",
        """
        from straightway import Straightway

        app = Straightway()

        @app.exception_handler(Exception)
        async def last(request, error):
            raise LookupError("in the handler")

        @app.get("/")
        async def index():
            raise ValueError("in the endpoint")
        """,
    )
    running = launch("run", *HERE, *arguments)

    answer = httpx2.get(running.url())
    running.until("LookupError: in the handler")
    stop(running)

    assert answer.status_code == 500
    assert answer.text == f"Internal Server Error\nRequest id: {answer.headers['x-request-id']}"
    output = "\n".join(running.output)
    assert output.count("ValueError: in the endpoint") == output.count("LookupError: in the handler") == 1


def test_a_response_that_breaks_is_seen_as_broken(application, launch):
    """The client must not take half a response for a whole one; the log has the reason once."""
    running = launch("run", *HERE)
    url = running.url()

    with pytest.raises(httpx2.RemoteProtocolError):
        httpx2.get(f"{url}/halfway")
    line = running.until("GET     /halfway")
    assert stop(running) == 0

    assert line.endswith("unfinished")
    assert "\n".join(running.output).count("ValueError: halfway") == 1


@pytest.mark.parametrize("arguments", [(), GRANIAN], ids=["uvicorn", "granian"])
def test_a_client_that_leaves_is_marked(application, launch, arguments):
    """A stream that nobody hears any more ends, and its line says why."""
    running = launch("run", *HERE, *arguments)
    address = urlsplit(running.url())
    with socket.create_connection((address.hostname, address.port)) as client:
        client.sendall(b"GET /endless HTTP/1.1\r\nhost: a\r\n\r\n")
        assert client.recv(1000)

    assert running.until("GET     /endless").endswith("client left")


def test_a_websocket_that_fails_is_told_once(application, launch):
    """It has a line when it opens and one when it ends, and uvicorn adds nothing."""
    running = launch("run", *HERE)
    url = running.url().replace("http", "ws")
    with connect(f"{url}/socket") as websocket:
        request_id = websocket.response.headers["x-request-id"]
        websocket.send("a")
        with pytest.raises(ConnectionClosed):
            websocket.recv()
    _, last = (running.until(f"ms  {request_id}") for _ in range(2))
    assert stop(running) == 0

    assert last.endswith("failed")
    assert "\n".join(running.output).count("ValueError: in a socket") == 1
    assert not any("connection" in line for line in running.output)


@pytest.mark.parametrize("arguments", [(), GRANIAN], ids=["uvicorn", "granian"])
def test_ids_of_concurrent_requests_do_not_mix(application, launch, arguments):
    """Fifty at once, over the wire: each is answered and logged with its own."""
    running = launch("run", *HERE, *JSON, *arguments)
    url = url_in(running)

    def ask(number):
        path = "items" if number % 2 else "layered"
        return httpx2.get(f"{url}/{path}/{number}", headers={"x-request-id": f"id-{number}"})

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    httpx2.get(f"{url}/nowhere")
    running.until("/nowhere")
    stop(running)

    for number, answer in enumerate(answers):
        assert answer.json() == answer.headers["x-request-id"] == f"id-{number}"
    found = objects(running.output)
    reading = [each for each in of("shop.orders", found) if each["message"].startswith("reading")]
    assert {each["message"]: each["request_id"] for each in reading} == {
        f"reading {number}": f"id-{number}" for number in range(1, 50, 2)
    }


@pytest.mark.parametrize("arguments", [(), GRANIAN], ids=["uvicorn", "granian"])
def test_the_access_log_can_be_left_out(application, launch, arguments):
    """There is no line for a request; its id and its failure are there."""
    running = launch("run", *HERE, "--no-access-log", *arguments)
    url = running.url()

    assert httpx2.get(f"{url}/items/1").headers["x-request-id"]
    assert httpx2.get(f"{url}/failing").text.startswith("Internal Server Error\nRequest id: ")
    running.until("ValueError: boom")
    stop(running)

    assert not any(" ms " in line for line in running.output)


def test_the_logging_of_the_application_stays(project, launch):
    """Who has configured logging, and silenced all other loggers with that, keeps their format; lines come as well."""
    project.write(
        "main.py",
        """
        import logging, logging.config
        from straightway import Straightway

        logging.config.dictConfig({
            "version": 1,
            "formatters": {"own": {"format": "own|%(message)s"}},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "own"}},
            "root": {"handlers": ["console"], "level": "DEBUG"},
        })
        app = Straightway()

        @app.get("/")
        def index():
            logging.getLogger("shop").debug("said")
        """,
    )
    running = launch("run", *HERE)
    httpx2.get(running.url())

    running.until("GET     /")
    stop(running)
    assert "own|said" in running.output


@pytest.mark.parametrize("format", [(), JSON], ids=["text", "json"])
def test_what_a_logger_of_the_application_writes_is_not_written_twice(project, launch, format):
    """A handler on one logger, and none on the root, is a common way of configuring logging."""
    project.write(
        "main.py",
        """
        import logging
        from straightway import Straightway

        log = logging.getLogger("shop")
        log.addHandler(logging.StreamHandler())
        app = Straightway()

        @app.get("/")
        def index():
            logging.getLogger("shop.orders").warning("said")
            logging.getLogger("other").warning("elsewhere")
        """,
    )
    running = launch("run", *HERE, *format)
    address = running.until("Server started at").rpartition("http://")[2].partition('"')[0]
    httpx2.get(f"http://{address}/")

    running.until("GET ")
    stop(running)
    assert "\n".join(running.output).count("said") == 1
    assert "\n".join(running.output).count("elsewhere") == 1


def test_json_takes_over_the_console_of_the_application(project, launch):
    """Two formats in one output would be none; its levels and its other handlers stay."""
    project.write(
        "main.py",
        """
        import logging
        from straightway import Straightway

        logging.basicConfig(level=logging.DEBUG, format="own|%(message)s")
        app = Straightway()

        @app.get("/")
        def index():
            logging.getLogger("shop").debug("said")
        """,
    )
    running = launch("run", *HERE, *JSON)
    httpx2.get(url_in(running))

    running.until("url.path")
    stop(running)
    (said,) = of("shop", objects(running.output))
    assert (said["message"], said["level"]) == ("said", "DEBUG")


def test_the_example_of_the_page_writes_what_the_page_says(launch):
    """The application's own format has the id, health checks have no line, and JSON has both."""
    running = launch("run", *HERE, str(EXAMPLE))
    url = running.url()

    httpx2.get(f"{url}/health")
    answer = httpx2.get(f"{url}/orders/7", headers={"x-request-id": "abc-1"}).json()
    running.until("GET     /orders/7")
    stop(running)

    assert answer == {"order": 7, "ask_support_about": "abc-1"}
    assert "abc-1 order 7 is read" in running.output
    assert not any("/health" in line for line in running.output)


def test_a_client_that_does_not_wait_for_the_answer_is_marked(project, launch):
    """Nothing was sent while it was there; uvicorn says nothing of that."""
    project.write(
        "main.py",
        """
        import asyncio
        from straightway import Straightway

        app = Straightway()

        @app.get("/slow")
        async def slow():
            print("slow", flush=True)
            await asyncio.sleep(0.5)
        """,
    )
    running = launch("run", *HERE)
    address = urlsplit(running.url())
    with socket.create_connection((address.hostname, address.port)) as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nhost: a\r\n\r\n")
        running.until("slow")

    assert running.until("GET     /slow").endswith("client left")
