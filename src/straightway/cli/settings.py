"""What a command that serves has been told, in one frozen value that child processes get a copy of."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from straightway.cli.discovery import Target

__all__ = ["LogFormat", "Page", "Server", "Settings"]

LogFormat = Literal["text", "json"]
Page = Literal["local", "network", "off"]
Server = Literal["uvicorn", "granian"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to serve: `command` is what the user typed, such as `straightway dev`, for messages that name it."""

    command: str
    target: Target
    host: str
    port: int
    root_path: str = ""
    proxy_headers: bool = True
    forwarded_allow_ips: str | None = None
    development: bool = False
    page: Page = "off"
    """Who may see the development page, if there is one."""
    reload: bool = False
    reload_folders: tuple[Path, ...] = ()
    workers: int = 1
    server: Server = "uvicorn"
    verbose: bool = False
    log_format: LogFormat = "text"
    access_log: bool = True
    traceback: bool = False
