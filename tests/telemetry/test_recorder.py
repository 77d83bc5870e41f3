import pytest
from opentelemetry._logs import NoOpLoggerProvider, get_logger_provider
from opentelemetry.metrics import NoOpMeterProvider, get_meter_provider
from opentelemetry.trace import NoOpTracerProvider, get_tracer_provider

from straightway.telemetry.configuration import STRAIGHTWAY, settings_of
from straightway.telemetry.recorder import Providers, is_unset, providers_of, recorder_of


async def stack(scope, receive, send):
    """Stand for an application without layers."""


@pytest.mark.parametrize("get", [get_tracer_provider, get_meter_provider, get_logger_provider])
def test_placeholders_are_no_providers(get):
    """What the interface returns before anything is set."""
    assert is_unset(get())


def test_given_providers_count(telemetry):
    """Rather than the global ones."""
    providers = providers_of(settings_of(telemetry.config, STRAIGHTWAY))

    assert providers == Providers(
        telemetry.tracer_provider, telemetry.meter_provider, telemetry.logger_provider
    )


def test_silent_providers_record_nothing():
    """Those that say so by their class."""
    silent = Providers(NoOpTracerProvider(), NoOpMeterProvider(), NoOpLoggerProvider())

    assert recorder_of(settings_of(None, STRAIGHTWAY), silent, stack) is None


def test_signals_without_provider_are_none(telemetry):
    """The others are recorded all the same."""
    providers = Providers(NoOpTracerProvider(), telemetry.meter_provider, NoOpLoggerProvider())

    recorder = recorder_of(settings_of(None, STRAIGHTWAY), providers, stack)

    assert (recorder.tracer, recorder.logger, recorder.operations) == (None, None, False)
    assert recorder.duration is not None
    assert not recorder.records_websockets
