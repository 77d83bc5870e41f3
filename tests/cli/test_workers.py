import os
import signal
import time

from tests.cli.conftest import PATIENCE


def pids(get, url, *, number, other_than=()):
    """Ask until `number` processes have answered that are not among `other_than`."""
    seen = set()
    deadline = time.monotonic() + PATIENCE
    while len(seen) < number and time.monotonic() < deadline:
        seen |= {get(url)["pid"]} - set(other_than)
    assert len(seen) == number
    return seen


def test_workers_share_one_port(application, launch, get):
    """Two processes answer on one port, and the server is announced once."""
    running = launch("run", "--workers", "2", "--host", "127.0.0.1", "--port", "0")
    url = running.url()

    seen = pids(get, url, number=2)
    running.signal(signal.SIGINT)
    running.finish()

    assert running.process.pid not in seen
    assert sum("Server started at" in line for line in running.output) == 1
    assert sum("Documentation at" in line for line in running.output) == 1


def test_the_number_of_workers_may_come_from_the_environment(application, launch, get):
    """WEB_CONCURRENCY, which platforms set, counts where no option is given."""
    url = launch("run", "--host", "127.0.0.1", "--port", "0", WEB_CONCURRENCY="2").url()

    pids(get, url, number=2)


def test_a_worker_that_dies_is_replaced(application, launch, get):
    """A killed process is noticed, told, and another one takes its place."""
    running = launch("run", "--workers", "2", "--host", "127.0.0.1", "--port", "0")
    url = running.url()
    before = pids(get, url, number=2)

    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    told = running.until(f"Worker {victim} ended")

    assert told == f"Worker {victim} ended with exit code -9; starting another"
    pids(get, url, number=1, other_than=before)


def test_a_worker_that_ends_before_it_serves_ends_the_command(project, launch):
    """Starting again and again what cannot start would fill the log and hide the reason."""
    project.write("main.py", "import os\nos._exit(3)")
    running = launch("run", "--workers", "2", "--port", "0")

    code = running.finish()

    assert code == 1
    assert "Error: a worker ended before it served, with exit code 3" in running.output


def test_no_worker_survives_its_parent(application, launch, get):
    """If the command itself is killed, its workers give the port back."""
    running = launch("run", "--workers", "2", "--host", "127.0.0.1", "--port", "0")
    get(running.url())

    os.kill(running.process.pid, signal.SIGKILL)

    assert running.finish() == -signal.SIGKILL
