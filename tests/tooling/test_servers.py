"""How `make servers` starts each server, and what is known of it."""

import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.servers.limits import EXPECTED, LEFT_OUT
from tools.environments import ROOT
from tools.servers import SERVERS, Server, command, version_of


def test_command_line_is_filled_in():
    """Application and port are always there, a root path where there is one."""
    server = Server("some", ("some", "{app}", "--bind", "127.0.0.1:{port}"), ("--root", "{path}"))

    assert command(server, "main:app", 80) == ["some", "main:app", "--bind", "127.0.0.1:80"]
    assert command(server, "main:app", 80, "/api")[4:] == ["--root", "/api"]


def test_port_may_be_filled_in_by_another():
    """The todo example's story looks for a free port itself."""
    assert "{port}" in " ".join(command(SERVERS["granian"], "todo.main:app", "{port}"))


@pytest.mark.parametrize("name", SERVERS)
def test_every_server_is_named_by_an_address_of_this_machine(name: str):
    """No server of the tests listens to the network."""
    assert any("127.0.0.1" in word for word in SERVERS[name].command)


def test_version_is_asked_of_the_environment():
    """The version in the table is the one that was run."""
    assert version_of("granian", Path(sys.executable)) == version("granian")


def test_limits_are_of_tests_and_servers_that_there_are():
    """A renamed test or server does not leave its limit behind, and no test is both run and left out."""
    content = "".join(file.read_text() for file in (ROOT / "tests" / "servers").glob("test_*.py"))
    written = set(re.findall(r"^def (\w+)", content, flags=re.MULTILINE))

    for limits in (EXPECTED, LEFT_OUT):
        assert limits.keys() <= SERVERS.keys()
        assert {test.partition("[")[0] for tests in limits.values() for test in tests} <= written
    assert not [name for name in EXPECTED if EXPECTED[name].keys() & LEFT_OUT.get(name, {}).keys()]
