"""Run applications that have mistakes, and report what was said: started with the Python of one framework.

The applications come as JSON on standard input; what was said about each goes to standard output, as JSON. Only the
standard library is imported here. A server would print what is recorded: the log, warnings, what the application
raises with its traceback, and the response.
"""

import asyncio
import contextlib
import importlib
import json
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Generator
from pathlib import Path
from typing import Any

BOUNDARY = "corpus"
FILE = 'Content-Disposition: form-data; name="{}"; filename="{}"\r\nContent-Type: text/plain'
FIELD = 'Content-Disposition: form-data; name="{}"'


class Said(logging.Handler):
    """What was said about one application: texts, and the lines of the traceback."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []
        self.frames: list[tuple[str, int]] = []
        self.status: int | None = None
        self.body = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line of the log."""
        self.texts.append(self.format(record))

    def warn(
        self, message: Warning | str, _category: type[Warning], filename: str, lineno: int, *_: object
    ) -> None:
        """Keep a warning, with its place as Python prints it."""
        self.texts.append(f"{filename}:{lineno}: {message}")

    def raised(self, error: BaseException) -> None:
        """Keep the text of an exception and of its causes, with their notes, and where their frames are."""
        following: BaseException | None = error
        while following is not None:
            self.texts.append("".join(traceback.format_exception_only(following)).rstrip())
            self.frames += [
                (each.filename, each.lineno or 0) for each in traceback.extract_tb(following.__traceback__)
            ]
            following = following.__cause__ or (
                None if following.__suppress_context__ else following.__context__
            )


def attempt(file: Path, trigger: str, without: list[str]) -> Said:
    """Import an application, start it and send its request, until something is raised."""
    said = Said()
    logging.getLogger().addHandler(said)
    warnings.showwarning = said.warn  # type: ignore[assignment]  # takes what is passed, and more
    try:
        with _imports(file.parent, without):
            module = importlib.import_module(file.stem)
            if trigger != "import":
                asyncio.run(_serve(module.app, trigger, said))
    except Exception as error:  # noqa: BLE001  # whatever it is, a server would print it
        said.raised(error)
    finally:
        logging.getLogger().removeHandler(said)
    return said


@contextlib.contextmanager
def _imports(folder: Path, without: list[str]) -> Generator[None]:
    """Have modules of the folder imported, and some packages not found; forget both after."""
    known = dict(sys.modules)
    for name in [each for each in sys.modules if each.partition(".")[0] in without]:
        del sys.modules[name]
    sys.modules.update(dict.fromkeys(without))  # type: ignore[arg-type]  # None: an import of it fails
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name, module in list(sys.modules.items()):
            if name in without or Path(getattr(module, "__file__", None) or "/").parent == folder:
                del sys.modules[name]
        sys.modules.update(
            {name: module for name, module in known.items() if name.partition(".")[0] in without}
        )


async def _serve(app: Any, trigger: str, said: Said) -> None:
    await _start(app)
    if trigger != "start":
        await _ask(app, trigger, said)


async def _start(app: Any) -> None:
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(_message: Any) -> None:
        """Nobody waits for the answer."""

    await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)


async def _ask(app: Any, request: str, said: Said) -> None:
    method, target, *rest = request.split(" ", 3)
    path, _, query = target.partition("?")
    headers, body = [(b"host", b"127.0.0.1")], b""
    if rest:
        content_type, body = _content(*rest)
        headers += [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
    }
    bodies: list[bytes] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            said.status = message["status"]
        bodies.append(message.get("body", b""))

    try:
        await app(scope, receive, send)
    finally:
        said.body = b"".join(bodies).decode()


def _content(kind: str, text: str) -> tuple[str, bytes]:
    if kind == "json":
        return "application/json", text.encode()
    parts = []
    for name, _, value in (each.partition("=") for each in _split(text)):
        head = FILE.format(name, value[1:]) if value.startswith("@") else FIELD.format(name)
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n{value}\r\n")
    return f"multipart/form-data; boundary={BOUNDARY}", ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()


def _split(text: str) -> list[str]:
    """Split the fields of a form at spaces that are not within JSON."""
    fields: list[str] = []
    for word in text.split(" "):
        if fields and fields[-1].count("{") != fields[-1].count("}"):
            fields[-1] += f" {word}"
        else:
            fields.append(word)
    return fields


def main() -> None:
    """Attempt all applications, each with nothing of the others but the framework itself."""
    os.environ["STRAIGHTWAY_ENV"] = os.environ["FASTAPI_ENV"] = "development"
    warnings.simplefilter("always")
    found = {}
    for each in json.load(sys.stdin):
        said = attempt(Path(each["file"]), each["trigger"], each["without"])
        found[each["name"]] = {
            "texts": said.texts,
            "frames": said.frames,
            "status": said.status,
            "body": said.body,
        }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
