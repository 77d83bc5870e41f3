import http.client
import os
import signal
from pathlib import Path
from urllib.parse import urlsplit

APPLICATION = """
    from straightway import Straightway

    app = Straightway()

    @app.get("/")
    def index():
        return {answer!r}
"""


def test_a_changed_file_is_served(project, launch, get):
    """After a change the server starts again on the same port, and says so."""
    project.write("main.py", APPLICATION.format(answer="old"))
    running = launch("dev", "--port", "0")
    url = running.url()
    assert get(url) == "old"

    project.write("main.py", APPLICATION.format(answer="new and longer"))

    assert running.until("Changed: ") == "Changed: main.py. Restarting"
    assert running.until("Server restarted at") == f"Server restarted at {url}"
    assert get(url) == "new and longer"


def test_a_broken_file_is_told_and_waited_for(project, launch, get):
    """An error in a changed file does not end the command; the next change that mends it is served."""
    project.write("main.py", APPLICATION.format(answer="old"))
    running = launch("dev", "--port", "0")
    url = running.url()

    project.write("main.py", "import no_such_package\n")
    told = running.until("Error: ")
    running.until("main.py:1")
    running.until("The server is not running. It starts again when a file changes.")
    project.write("main.py", APPLICATION.format(answer="mended"))
    running.until("Server restarted at")

    assert (
        told == "Error: main.py could not be imported: ModuleNotFoundError: No module named 'no_such_package'"
    )
    assert get(url) == "mended"
    assert not any("Traceback" in line for line in running.output)


def test_a_startup_that_fails_after_a_change_is_waited_for(project, launch, get):
    """The same for a lifespan that fails."""
    project.write("main.py", APPLICATION.format(answer="old"))
    running = launch("dev", "--port", "0")
    url = running.url()

    project.write(
        "main.py",
        """
        from straightway import Straightway

        async def lifespan(app):
            raise ConnectionError("no database")
            yield

        app = Straightway(lifespan=__import__("contextlib").asynccontextmanager(lifespan))
        """,
    )
    running.until("Error: The startup of the application failed: ConnectionError: no database")
    running.until("The server is not running.")
    project.write("main.py", APPLICATION.format(answer="mended"))
    running.until("Server restarted at")

    assert get(url) == "mended"


def test_only_the_folders_that_were_named_are_watched(project, launch, get):
    """--reload-dir replaces the current directory, and may be given several times."""
    for name in ("one", "two", "three"):
        project.write(f"{name}/part.py", "")
    project.write("main.py", APPLICATION.format(answer="old"))
    running = launch("dev", "--port", "0", "--reload-dir", "one", "--reload-dir", "two")
    running.url()

    project.write("three/part.py", "x = 1")
    project.write("two/part.py", "x = 1")

    assert running.until("Changed: ") == f"Changed: {Path('two/part.py')}. Restarting"


def test_an_open_connection_does_not_hold_up_a_restart(project, launch, get):
    """A browser tab with an endless response is given a moment, then the new code is served."""
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
    running = launch("dev", "--port", "0")
    url = running.url()
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    connection.request("GET", "/")
    running.until("waiting")

    project.write("main.py", APPLICATION.format(answer="new"))
    running.until("Server restarted at")
    connection.close()

    assert get(url) == "new"


def test_no_child_survives_its_parent(project, launch, get):
    """If the command itself is killed, its child gives the port back."""
    project.write("main.py", APPLICATION.format(answer="old"))
    running = launch("dev", "--port", "0")
    get(running.url())

    os.kill(running.process.pid, signal.SIGKILL)

    # finish() waits until the child, too, has closed the output.
    assert running.finish() == -signal.SIGKILL


def test_a_folder_to_watch_must_exist(command):
    """A misspelt --reload-dir is a mistake on the command line."""
    assert command("dev", "--reload-dir", "nowhere").code == 2
