"""Several processes on one socket. One that dies is replaced; one that cannot start ends the command."""

import socket
from multiprocessing.connection import wait

from straightway.cli.address import announce
from straightway.cli.messages import complain
from straightway.cli.settings import Settings
from straightway.cli.supervisor import Child, Failed, Ready, Signals, stop_all

__all__ = ["serve_with_workers"]


def serve_with_workers(settings: Settings, listener: socket.socket) -> int:
    """Serve in `settings.workers` processes until a signal ends them; return the exit code."""
    with Signals() as signals:
        team = Team(settings, listener, signals)
        try:
            code = team.watch()
        finally:
            complaints = stop_all(team.children, signals)
        if complaints and code == 0:
            # Each worker may say the same.
            complain("\n".join(dict.fromkeys(complaints)))
            return 1
        return code


class Team:
    """The children, and whether the server has been announced."""

    def __init__(self, settings: Settings, listener: socket.socket, signals: Signals) -> None:
        self.settings = settings
        self.listener = listener
        self.signals = signals
        self.announced = False
        self.children = [self._started() for _ in range(settings.workers)]

    def watch(self) -> int:
        """Replace workers that die, until a signal comes (0) or one cannot start (1)."""
        while not self.signals.count:
            wait([self.signals.reader, *(handle for child in self.children for handle in child.handles())])
            self.signals.drain()
            for number, child in enumerate(self.children):
                if not self._heard(child):
                    return 1
                if child.gone:
                    child.close()
                    self.children[number] = self._started()
        return 0

    def _started(self) -> Child:
        return Child(self.settings, self.listener)

    def _heard(self, child: Child) -> bool:
        """Tell what the child reports; return False if it could not start."""
        for report in child.listen():
            match report:
                case Failed(text):
                    complain(text)
                    if not child.ready:
                        return False
                case Ready(documentation) if not self.announced:
                    self.announced = True
                    announce(self.listener, documentation)
                case Ready():
                    pass
        if child.gone and not child.ready:
            complain(f"Error: a worker ended before it served, with exit code {child.process.exitcode}")
            return False
        if child.gone and not self.signals.count:
            complain(
                f"Worker {child.process.pid} ended with exit code {child.process.exitcode}; starting another"
            )
        return True
