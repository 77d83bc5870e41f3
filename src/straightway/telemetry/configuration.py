"""What an application is told about telemetry."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from starlette.types import Scope
from typing_extensions import TypedDict

from straightway.errors import MissingDependencyError

if TYPE_CHECKING:
    from opentelemetry._logs import LoggerProvider
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

_GLOBAL_PROVIDERS = (
    "OTEL_PYTHON_TRACER_PROVIDER",
    "OTEL_PYTHON_METER_PROVIDER",
    "OTEL_PYTHON_LOGGER_PROVIDER",
)
"""Environment variables that name the global providers."""

AUTO_CONFIGURE = ("STRAIGHTWAY_OTEL_AUTO_CONFIGURE", "FASTAPI_OTEL_AUTO_CONFIGURE")
"""Environment variables that ask for exporters from the environment; the first that is set counts."""


class TelemetryConfig(TypedDict, total=False):
    """What `telemetry=` of an application takes. Every key is optional."""

    tracer_provider: TracerProvider | None
    """Where spans go; the global provider by default, as for the other two."""
    meter_provider: MeterProvider | None
    logger_provider: LoggerProvider | None
    tracing: bool
    """False for no spans, as `metrics` and `logs` are for theirs."""
    metrics: bool
    logs: bool
    operation_spans: bool
    """False for no spans of dependencies, endpoint, serialization and background tasks below the request's."""
    auto_configure: bool
    """Whether exporters are set up from the environment at start; by default `STRAIGHTWAY_OTEL_AUTO_CONFIGURE` says."""
    exclude: Callable[[Scope], bool] | None
    """Returns True for an ASGI scope that is not to be recorded."""


@dataclass(frozen=True, slots=True)
class Framework:
    """The name under which an application's class is known, as the scope of what it records and in its messages."""

    name: str
    distribution: str
    extra: str
    """What to install for exporters."""

    @property
    def version(self) -> str | None:
        """The version of the distribution, None where it is not installed."""
        from importlib.metadata import (  # takes longer to import than all of this
            PackageNotFoundError,
            version,
        )

        try:
            return version(self.distribution)
        except PackageNotFoundError:
            return None


STRAIGHTWAY = Framework("Straightway", "straightway", "straightway[telemetry]")


@dataclass(frozen=True, slots=True)
class Settings:
    """A configuration with its defaults filled in; a copy, so that later changes to the user's have no effect."""

    framework: Framework = STRAIGHTWAY
    tracer_provider: Any = None
    meter_provider: Any = None
    logger_provider: Any = None
    tracing: bool = True
    metrics: bool = True
    logs: bool = True
    operation_spans: bool = True
    auto_configure: bool | None = None
    exclude: Callable[[Scope], bool] | None = None
    provides: bool = field(init=False)
    """Whether the application has been given a provider of its own: asked with every request."""

    def __post_init__(self) -> None:
        providers = (self.tracer_provider, self.meter_provider, self.logger_provider)
        object.__setattr__(self, "provides", any(each is not None for each in providers))

    @property
    def records(self) -> bool:
        """Whether any signal is wanted."""
        return self.tracing or self.metrics or self.logs

    @property
    def configures(self) -> bool:
        """Whether exporters are to be set up from the environment."""
        if self.auto_configure is not None:
            return self.auto_configure
        said = next((os.environ[name] for name in AUTO_CONFIGURE if name in os.environ), "")
        return said.lower() == "true"


def settings_of(config: TelemetryConfig | None, framework: Framework) -> Settings:
    """Return the settings that a user's configuration stands for; unknown keys are ignored.

    Raises `MissingDependencyError` where there is a configuration and no `opentelemetry`.
    """
    if config:
        _import_interface(framework)
    elif any(name in os.environ for name in _GLOBAL_PROVIDERS):
        with suppress(ImportError):  # meant for other programs too; this application has asked for nothing
            import_module("opentelemetry.trace")
    given: dict[str, Any] = {
        name: value for name, value in (config or {}).items() if name in TelemetryConfig.__annotations__
    }
    return Settings(framework=framework, **given)


def _import_interface(framework: Framework) -> None:
    try:
        import_module("opentelemetry.trace")
    except ImportError as error:
        raise MissingDependencyError(
            "telemetry= requires the package opentelemetry-api", install=framework.extra
        ) from error
