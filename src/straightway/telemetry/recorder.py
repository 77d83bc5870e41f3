"""What an application records with: its tracer, instruments and logger, from the providers there are."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from opentelemetry import _logs, metrics, trace
from opentelemetry._logs import Logger, NoOpLoggerProvider
from opentelemetry._logs import _internal as _logs_interface
from opentelemetry.metrics import Histogram, NoOpMeterProvider, UpDownCounter
from opentelemetry.metrics import _internal as _metrics_interface
from opentelemetry.trace import NoOpTracerProvider, ProxyTracerProvider, Tracer
from starlette.types import ASGIApp

from straightway.telemetry import semantics
from straightway.telemetry.configuration import Framework, Settings

_PLACEHOLDERS: tuple[type, ...] = (
    ProxyTracerProvider,
    # The classes of what the public getters return before anything is set; only the tracer's is public.
    type(_metrics_interface._PROXY_METER_PROVIDER),  # noqa: SLF001
    type(_logs_interface._PROXY_LOGGER_PROVIDER),  # noqa: SLF001
)
_SILENT: tuple[type, ...] = (NoOpTracerProvider, NoOpMeterProvider, NoOpLoggerProvider)


@dataclass(frozen=True, slots=True)
class Providers:
    """The providers that count for one application now."""

    tracer: Any
    meter: Any
    logger: Any


@dataclass(frozen=True, slots=True)
class Recorder:
    """Where the signals of one application go; None for those that are not recorded."""

    framework: Framework
    methods: frozenset[str]
    tracer: Tracer | None
    operations: bool
    """Whether there are spans for what happens within a request."""
    duration: Histogram | None
    active: UpDownCounter | None
    logger: Logger | None

    @property
    def records_websockets(self) -> bool:
        """Whether anything is recorded of a WebSocket: there are measurements of HTTP only."""
        return self.tracer is not None or self.logger is not None


def providers_of(settings: Settings) -> Providers:
    """Return the providers given to an application, the global ones where there are none."""
    tracer, meter, logger = settings.tracer_provider, settings.meter_provider, settings.logger_provider
    return Providers(
        trace.get_tracer_provider() if is_unset(tracer) else tracer,
        metrics.get_meter_provider() if is_unset(meter) else meter,
        _logs.get_logger_provider() if is_unset(logger) else logger,
    )


def is_unset(provider: Any) -> bool:
    """Tell whether this is no provider, or what stands for a global one that may still be set."""
    return provider is None or isinstance(provider, _PLACEHOLDERS)


def _is_recording(provider: Any) -> bool:
    return not isinstance(provider, _PLACEHOLDERS + _SILENT)


def recorder_of(settings: Settings, providers: Providers, stack: ASGIApp) -> Recorder | None:
    """Return what to record with; None where no provider listens, or where an instrumentation records already."""
    traces = settings.tracing and _is_recording(providers.tracer)
    measures = settings.metrics and _is_recording(providers.meter)
    logs = settings.logs and _is_recording(providers.logger)
    if not (traces or measures or logs) or _is_instrumented(stack):
        return None
    framework = settings.framework
    name, release = framework.distribution, framework.version
    tracer = providers.tracer.get_tracer(name, release, semantics.SCHEMA_URL) if traces else None
    duration, active = _instruments(providers.meter, name, release) if measures else (None, None)
    return Recorder(
        framework=framework,
        methods=semantics.known_methods(),
        tracer=tracer,
        operations=tracer is not None and settings.operation_spans,
        duration=duration,
        active=active,
        logger=providers.logger.get_logger(name, release, semantics.SCHEMA_URL) if logs else None,
    )


def _instruments(provider: Any, name: str, release: str | None) -> tuple[Histogram, UpDownCounter]:
    meter = provider.get_meter(name, release, semantics.SCHEMA_URL)
    duration = meter.create_histogram(
        "http.server.request.duration",
        unit="s",
        description="Duration of HTTP server requests.",
        explicit_bucket_boundaries_advisory=semantics.DURATION_BOUNDARIES,
    )
    active = meter.create_up_down_counter(
        "http.server.active_requests",
        unit="{request}",
        description="Number of active HTTP server requests.",
    )
    return duration, active


def _is_instrumented(stack: ASGIApp) -> bool:
    """Tell whether the middleware of opentelemetry-instrumentation-asgi is among the layers."""
    module = sys.modules.get("opentelemetry.instrumentation.asgi")
    middleware: Any = getattr(module, "OpenTelemetryMiddleware", None)
    return middleware is not None and any(isinstance(layer, middleware) for layer in _layers(stack))


def _layers(stack: Any) -> Iterator[Any]:
    seen: set[int] = set()
    while stack is not None and id(stack) not in seen:
        seen.add(id(stack))
        yield stack
        stack = getattr(stack, "app", None)
