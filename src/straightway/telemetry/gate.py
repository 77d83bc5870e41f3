"""Whether a global provider has been configured: asked with every request, so in the cheapest way there is."""

from __future__ import annotations

from typing import Any

INTERFACE = "opentelemetry.trace"
"""The module without which nothing can be configured."""


class _Unknown:
    """Stands in for modules without these names: then a provider may be there at any time."""

    _TRACER_PROVIDER = _METER_PROVIDER = _LOGGER_PROVIDER = True
    get_tracer_provider = None


_trace: Any = None
_metrics: Any = None
_logs: Any = None
_get_tracer_provider: Any = None
_is_loaded = False


def has_global_provider() -> bool:
    """Tell whether one of the three global providers may have been set. Call it once `INTERFACE` is imported.

    PERF: 60 ns for a request where opentelemetry is imported and not configured, on 3.11, benchmarks/telemetry.py.
    Its public getters take 2000, as they look into the environment.
    """
    if not _is_loaded:
        _load()
    return (
        _trace._TRACER_PROVIDER is not None  # noqa: SLF001  # see above; _load() knows what to do without it
        or _metrics._METER_PROVIDER is not None  # noqa: SLF001
        or _logs._LOGGER_PROVIDER is not None  # noqa: SLF001
        or _trace.get_tracer_provider is not _get_tracer_provider  # replaced, as tests do
    )


def _load() -> None:
    global _trace, _metrics, _logs, _get_tracer_provider, _is_loaded  # noqa: PLW0603  # module attributes are read fastest
    from opentelemetry import _logs as logs
    from opentelemetry import metrics, trace

    for getter in (trace.get_tracer_provider, metrics.get_meter_provider, logs.get_logger_provider):
        getter()  # sets the provider that the environment names
    found = [getattr(metrics, "_internal", None), getattr(logs, "_internal", None), trace]
    names = ("_METER_PROVIDER", "_LOGGER_PROVIDER", "_TRACER_PROVIDER")
    is_known = all(hasattr(module, name) for module, name in zip(found, names, strict=True))
    _metrics, _logs, _trace = found if is_known else (_Unknown, _Unknown, _Unknown)
    _get_tracer_provider = trace.get_tracer_provider
    _is_loaded = True
