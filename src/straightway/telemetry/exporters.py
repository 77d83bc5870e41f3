"""Exporters set up from the environment at start, for applications that ask for it (`auto_configure`).

What OpenTelemetry's own `OTEL_*` variables say counts; see docs/telemetry.md for those that decide here. A provider is
set up once in a process, whichever applications use it, and what was set up here is flushed when an application ends
and shut down with the process. Nothing that goes wrong keeps an application from starting.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from straightway.errors import MissingDependencyError, StraightwayError
from straightway.logger import logger
from straightway.telemetry.configuration import STRAIGHTWAY, Framework, Settings


@dataclass(frozen=True, slots=True)
class Signal:
    """Where the interface, the SDK and the exporter of one signal have what is needed here."""

    name: str
    """As in the environment variables."""
    enabled: str
    """The setting that turns it off."""
    provider: str
    """`tracer` for the setting `tracer_provider` and the functions `get_tracer_provider` and `set_tracer_provider`."""
    interface: str
    sdk: str
    provider_class: str
    component_class: str
    """What takes an exporter and is added to a provider."""
    add: str
    exporter: tuple[str, str]


SIGNALS = (
    Signal(
        "TRACES",
        "tracing",
        "tracer",
        "opentelemetry.trace",
        "opentelemetry.sdk.trace",
        "TracerProvider",
        "BatchSpanProcessor",
        "add_span_processor",
        ("opentelemetry.exporter.otlp.proto.http.trace_exporter", "OTLPSpanExporter"),
    ),
    Signal(
        "METRICS",
        "metrics",
        "meter",
        "opentelemetry.metrics",
        "opentelemetry.sdk.metrics",
        "MeterProvider",
        "PeriodicExportingMetricReader",
        "add_metric_reader",
        ("opentelemetry.exporter.otlp.proto.http.metric_exporter", "OTLPMetricExporter"),
    ),
    Signal(
        "LOGS",
        "logs",
        "logger",
        "opentelemetry._logs",
        "opentelemetry.sdk._logs",
        "LoggerProvider",
        "BatchLogRecordProcessor",
        "add_log_record_processor",
        ("opentelemetry.exporter.otlp.proto.http._log_exporter", "OTLPLogExporter"),
    ),
)

_owned: list[Any] = []
"""What was set up here: providers, and processors and readers added to providers of others."""
_configured: list[tuple[str, Any]] = []
"""Signals with the providers that export them."""
_lock = Lock()
_is_registered = False
_framework = STRAIGHTWAY
"""The name of the application that was started last, for what is said when the process ends."""


async def lifespan(*, config: Settings, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Run an application's lifespan: exporters are there when it begins and have sent everything when it ends."""
    global _framework  # noqa: PLW0603  # one process, one name

    _framework = config.framework
    if config.configures:
        _configure_from_environment(config)

    async def flushed(message: Message) -> None:
        if _owned and message["type"] in _ENDS:
            await run_in_threadpool(_flush)
        await send(message)

    await app(scope, receive, flushed)


_ENDS = frozenset({"lifespan.startup.failed", "lifespan.shutdown.complete", "lifespan.shutdown.failed"})


def _configure_from_environment(config: Settings) -> None:
    """Set up what the environment asks for, or say why that was not possible."""
    try:
        wanted = [each for each in SIGNALS if getattr(config, each.enabled)]
        endpoints = [(each, endpoint) for each in wanted if (endpoint := _export_endpoint(each.name))]
        if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
            return
        with _lock:
            for signal, endpoint in endpoints:
                _export(signal, endpoint, config)
    except ImportError as error:
        _warn(
            config.framework,
            MissingDependencyError(
                f"{error}: the OpenTelemetry SDK is missing", install=config.framework.extra
            ),
        )
    except Exception as error:  # noqa: BLE001  # whatever it is, the application is to start
        _warn(config.framework, error)


def _warn(framework: Framework, error: Exception) -> None:
    logger.warning("%s automatic telemetry configuration failed: %s", framework.name, error)


def _export_endpoint(signal: str) -> str | None:
    """Return the URL that a signal is sent to; None where it is not to be sent.

    Raises `StraightwayError` for what the environment asks for and this cannot do.
    """
    endpoint = os.environ.get(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    if not endpoint:
        base = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
        if not base:
            return None
        endpoint = f"{base.rstrip('/')}/v1/{signal.lower()}"
    exporter = os.environ.get(f"OTEL_{signal}_EXPORTER") or "otlp"
    if exporter == "none":
        return None
    if exporter != "otlp":
        raise StraightwayError(f"OTEL_{signal}_EXPORTER must be otlp or none, not {exporter!r}")
    protocol = (
        os.environ.get(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL")
        or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
        or "http/protobuf"
    )
    if protocol != "http/protobuf":
        raise StraightwayError(f"the OTLP protocol must be http/protobuf, not {protocol!r}")
    _check_url(endpoint)
    return endpoint


def _check_url(endpoint: str) -> None:
    try:
        parts = urlsplit(endpoint)
        is_absolute = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_absolute = False
    if not is_absolute:
        raise StraightwayError(f"the OTLP endpoint must be an absolute HTTP URL, not {endpoint!r}")


def _export(signal: Signal, endpoint: str, config: Settings) -> None:
    """Have a signal's provider export, unless it does already; make the global one where there is none."""
    from straightway.telemetry.recorder import is_unset

    interface: Any = import_module(signal.interface)
    get: Callable[[], Any] = getattr(interface, f"get_{signal.provider}_provider")
    provider = getattr(config, f"{signal.provider}_provider")
    provider = get() if is_unset(provider) else provider
    if is_unset(provider):
        made = _made_provider(signal, endpoint)
        getattr(interface, f"set_{signal.provider}_provider")(made)
        if get() is made:
            _own(signal, made, provider=made)
            return
        made.shutdown()  # another thread was faster; its provider counts
        provider = get()
    provider = _registration_provider(provider)
    if any(name == signal.name and known is provider for name, known in _configured):
        return
    _own(signal, _added(signal, endpoint, provider), provider=provider)


def _made_provider(signal: Signal, endpoint: str) -> Any:
    component = _made_component(signal, endpoint)
    provider_class: Callable[..., Any] = getattr(import_module(signal.sdk), signal.provider_class)
    if signal.name == "METRICS":  # which flushes only those that it is made with
        return provider_class(metric_readers=[component], shutdown_on_exit=False)
    provider = provider_class(shutdown_on_exit=False)
    getattr(provider, signal.add)(component)
    return provider


def _added(signal: Signal, endpoint: str, provider: Any) -> Any:
    """Add an exporter to somebody's provider and return what was added."""
    add: Callable[[Any], None] | None = getattr(provider, signal.add, None)
    if add is None:
        raise StraightwayError(
            f"{type(provider).__name__} does not support adding an OTLP exporter; "
            'configure its exporters yourself and set "auto_configure": False'
        )
    component = _made_component(signal, endpoint)
    try:
        add(component)
    except BaseException:
        component.shutdown()
        raise
    return component


def _made_component(signal: Signal, endpoint: str) -> Any:
    module, name = signal.exporter
    exporter = getattr(import_module(module), name)
    return getattr(import_module(f"{signal.sdk}.export"), signal.component_class)(exporter(endpoint=endpoint))


def _registration_provider(provider: Any) -> Any:
    """Return the provider that exporters can be added to: the one in a wrapper that does not take any."""
    if any(hasattr(provider, signal.add) for signal in SIGNALS):
        return provider
    inner = getattr(provider, "provider", None)
    return provider if inner is None else inner


def _own(signal: Signal, component: Any, *, provider: Any) -> None:
    global _is_registered  # noqa: PLW0603  # one process, one list

    _owned.append(component)
    _configured.append((signal.name, provider))
    if not _is_registered:
        _is_registered = True
        atexit.register(_shutdown)


def _flush() -> None:
    """Send what waits to be sent."""
    for component in tuple(_owned):  # another application may start meanwhile
        _tidied(component.force_flush)


def _shutdown() -> None:
    """Shut down what was set up here, once."""
    components = list(_owned)
    _owned.clear()
    _configured.clear()
    for component in components:
        _tidied(component.shutdown)


def _tidied(step: Callable[[], object]) -> None:
    try:
        step()
    except Exception as error:  # noqa: BLE001  # the next one is to be tidied too
        logger.warning("%s telemetry cleanup failed: %s", _framework.name, error)


def _renew_lock() -> None:
    """Forget a lock that another thread held when the process was forked: nobody would release it."""
    global _lock  # noqa: PLW0603  # see above

    _lock = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)
