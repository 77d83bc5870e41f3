from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

from straightway import Straightway
from straightway.telemetry import get_telemetry_data


class Customers(SpanProcessor):
    """Writes on the span of an endpoint for which customer it runs."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        data = get_telemetry_data(parent_context)
        if span.name == "fastapi.endpoint" and data and data.values and "customer" in data.values:
            span.set_attribute("app.customer", data.values["customer"])


spans = TracerProvider()
spans.add_span_processor(Customers())
spans.add_span_processor(BatchSpanProcessor(ConsoleSpanExporter()))

app = Straightway(
    telemetry={
        "tracer_provider": spans,
        "exclude": lambda scope: scope["path"] == "/health",
    }
)


@app.get("/orders/{customer}")
def orders(customer: str, limit: int = 10) -> list[str]:
    return [f"order {number} of {customer}" for number in range(limit)]


@app.get("/health")
def health() -> str:
    return "ok"
