"""A collector of OpenTelemetry's protocol over HTTP, which keeps what it is sent."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

KINDS = {
    "traces": (ExportTraceServiceRequest, "resource_spans", "scope_spans", "spans"),
    "metrics": (ExportMetricsServiceRequest, "resource_metrics", "scope_metrics", "metrics"),
    "logs": (ExportLogsServiceRequest, "resource_logs", "scope_logs", "log_records"),
}


@dataclass
class Collector:
    """Where it listens, and what has come there."""

    url: str
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def paths(self):
        """The paths that were posted to."""
        return {path for path, _, _ in self.received}

    def items(self, signal):
        """Return every span, metric or log record."""
        message, *levels = KINDS[signal]
        found = [
            message.FromString(body) for path, _, body in self.received if path.endswith(f"/v1/{signal}")
        ]
        for level in levels:
            found = [inner for outer in found for inner in getattr(outer, level)]
        return found


@contextmanager
def collecting():
    """Run a collector on a free port of this machine."""
    collector = Collector("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            collector.received.append((self.path, headers, body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()
