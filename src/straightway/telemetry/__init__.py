"""OpenTelemetry, built in: spans, metrics and logs of requests, and what extensions may know about a request.

An application records where a provider was given to it (`telemetry={"tracer_provider": ...}`) or where the global one
is configured. Nothing here imports `opentelemetry` before that, and nothing is done for a request before that:

- `configuration` is what the user asked for, `gate` whether a provider is there at all, `recorder` what follows from it.
- `asgi` decides for each connection; `connection` is one that is recorded, in the words of `semantics`.
- `operations` is what compiled endpoints call, `data` what extensions see of a request.
- `exporters` sets up exporters from the environment, for those who ask for it.
"""

from straightway.telemetry.configuration import TelemetryConfig as TelemetryConfig
from straightway.telemetry.data import TelemetryData as TelemetryData
from straightway.telemetry.data import get_telemetry_data as get_telemetry_data

__all__ = ["TelemetryConfig", "TelemetryData", "get_telemetry_data"]
