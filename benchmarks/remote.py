"""Peers in processes of their own, which take turns with the contenders of this one."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import IO, Any

from benchmarks.asgi import Answer
from benchmarks.environments import SHARED
from benchmarks.harness import Timed
from tools.environments import CACHE, ROOT, python_of

PEERS = {
    "Starlette": ("starlette", SHARED),
    "Falcon": ("falcon", "falcon"),
    "BlackSheep": ("blacksheep", "blacksheep"),
    "Litestar": ("litestar", "litestar"),
    "Sanic": ("sanic", "sanic"),
    "Django Ninja": ("django_ninja", "django-ninja"),
    "Flask": ("flask", "flask"),
}
"""By its name in the tables: the module of a peer, and the environment it lives in."""


class Remote:
    """One peer at one workload, in its own process."""

    def __init__(self, name: str, workload: str) -> None:
        module, environment = PEERS[name]
        command = [str(python_of(CACHE / "bench" / environment)), "-m", "benchmarks.peers.worker"]
        self._process = subprocess.Popen(
            [*command, module, workload],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("a process without pipes")
        self._input: IO[str] = self._process.stdin
        self._output: IO[str] = self._process.stdout
        line = self._output.readline()
        if not line:
            raise SystemExit(f"error: {name} has no answer to {workload}; run {' '.join(command)}")
        self.answer: dict[str, Any] | None = json.loads(line)

    async def take(self, times: int) -> float:
        """Have the request handled a number of times; return the seconds that one took."""
        print(times, file=self._input, flush=True)
        return float(self._output.readline())

    def close(self) -> None:
        """End the process."""
        self._input.close()
        self._process.wait()


def remotes(workload: str, peers: Sequence[str]) -> dict[str, Remote]:
    """Start the peers that have an application for the workload."""
    started = {name: Remote(name, workload) for name in peers}
    for name in [name for name, remote in started.items() if remote.answer is None]:
        started.pop(name).close()
    return started


def turns_of(started: Mapping[str, Remote]) -> dict[str, Timed]:
    """Give what the harness measures."""
    return {name: remote.take for name, remote in started.items()}


def assert_same(started: Mapping[str, Remote], expected: Answer, workload: str) -> None:
    """Stop unless every peer gives the same JSON; errors are worded, and numbered 400 or 422, as each likes."""
    for name, remote in started.items():
        answer = remote.answer or {}
        same = (
            400 <= answer["status"] <= 422
            if expected.status == 422
            else answer["status"] == 200 and json.loads(answer["body"]) == json.loads(expected.body)
        )
        if not same:
            raise SystemExit(f"error: the answer of {name} to {workload} is another one:\n  {answer}")
