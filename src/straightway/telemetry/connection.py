"""One request or WebSocket connection that is recorded: its span, its measurements and its log records."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter, time_ns
from typing import Any

from opentelemetry import context as contexts
from opentelemetry import propagate
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import Getter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context
from starlette.types import Message, Scope
from starlette.websockets import WebSocketDisconnect

from straightway.telemetry import semantics
from straightway.telemetry.data import HOOK, Hook
from straightway.telemetry.recorder import Recorder
from straightway.telemetry.semantics import Attributes

Headers = Sequence[tuple[bytes, bytes]]


class HeaderGetter(Getter[Headers]):
    """Reads the headers of an ASGI scope for OpenTelemetry's propagators."""

    def get(self, carrier: Headers, key: str) -> list[str] | None:
        """Return every value of a header; None where it was not sent."""
        wanted = key.lower().encode("latin-1", "replace")
        values = [value.decode("latin-1") for name, value in carrier if name.lower() == wanted]
        if wanted == b"baggage" and len(values) > 1:
            return [",".join(values)]  # its propagator reads the first one only; together they are one list
        return values or None

    def keys(self, carrier: Headers) -> list[str]:
        """Return the names of all headers."""
        return [name.decode("latin-1") for name, _ in carrier]


_GETTER = HeaderGetter()


class Connection:
    """What is recorded of one connection. It is made when the connection begins, and entered; `finish` ends its span.

    Routers say which route was reached, the failure layers which exception nobody has handled.
    """

    def __init__(self, recorder: Recorder, scope: Scope) -> None:
        self.recorder = recorder
        self.hook = Hook(self)
        self.disconnected = False
        """The client is gone."""
        self.is_http = scope["type"] == "http"
        self._route: str | None = None
        # Not what another application mounts this one at, which may hold values of parameters.
        self._prefix = _served_below(scope)
        self._status: int | None = None
        self._awaits_trailers = False
        self._is_complete = self._is_finished = False
        self._error: BaseException | None = None
        """What nobody has handled; the last one, if there are several."""
        self._protocol = self._protocol_attributes(scope)
        self._started = perf_counter()
        self.context = self._enter(scope)

    # Beginning

    def _protocol_attributes(self, scope: Scope) -> Attributes:
        """Return what all signals have in common."""
        attributes: Attributes = {"url.scheme": scope.get("scheme", "http" if self.is_http else "ws")}
        if self.is_http:
            attributes |= semantics.method_attributes(scope["method"], self.recorder.methods)
        return attributes

    def _enter(self, scope: Scope) -> Context:
        """Start span and measurements; return the context to run the connection in."""
        self._version = {"network.protocol.version": scope["http_version"]} if "http_version" in scope else {}
        if not self.is_http:
            self._version = {}
        tracer = self.recorder.tracer
        self._span: Span | None = None
        if tracer is None:
            context = contexts.set_value(HOOK, self.hook)
        else:
            parent = contexts.set_value(
                HOOK, self.hook, propagate.extract(scope.get("headers", ()), getter=_GETTER)
            )
            self._span = tracer.start_span(
                self._name(), parent, kind=SpanKind.SERVER, attributes=self._attributes_at_start(scope)
            )
            context = set_span_in_context(self._span, parent)
        if self._counts is not None:
            self._counts.add(1, self._active_attributes(), context)
        return context

    @property
    def _counts(self) -> Any:
        return self.recorder.active if self.is_http else None

    def _active_attributes(self) -> Attributes:
        return {name: self._protocol[name] for name in ("url.scheme", "http.request.method")}

    def _attributes_at_start(self, scope: Scope) -> Attributes:
        server = semantics.server_attributes(scope, self._protocol["url.scheme"])
        if not self.is_http:
            return {**self._protocol, **server, "network.protocol.name": "websocket"}
        return {**self._protocol, **self._version, **server, **semantics.url_attributes(scope)}

    def _name(self) -> str:
        method = self._protocol["http.request.method"] if self.is_http else "WS"
        method = "HTTP" if method == "_OTHER" else method
        return method if self._route is None else f"{method} {self._route}"

    # On the way

    def reached(self, path_format: str) -> None:
        """Note the path template of the route that answers, below where it is mounted."""
        self._route = self._prefix + path_format

    def reached_mount(self, path_format: str) -> None:
        """Note the path template of a mount, which answers unless a router inside it says more."""
        self.reached(path_format)
        self._prefix += path_format.removesuffix("/{path}")

    def note_sent(self, message: Message) -> bool:
        """Note a message of the response; return whether it is the last one."""
        match message["type"]:
            case "http.response.start":
                self._status = message["status"]
                self._awaits_trailers = message.get("trailers", False)
                return False
            case "http.response.trailers":
                self._is_complete = not message.get("more_trailers", False)
            case "http.response.body" | "http.response.zerocopysend":
                self._is_complete = not message.get("more_body", False) and not self._awaits_trailers
            case "http.response.pathsend":
                self._is_complete = not self._awaits_trailers
            case _:
                return False
        return self._is_complete

    def failed(self, error: BaseException) -> None:
        """Record an exception that nobody has handled; once, however many layers it passes."""
        if error is self._error or self.hook.data is None or is_normal_end(error):
            return
        self._error = error
        if isinstance(error, Exception):
            self._log_exception(error)

    def log_validation(self, count: int) -> None:
        """Record that what the client sent did not validate."""
        self._log(
            "fastapi.validation.failed",
            "Request validation failed",
            SeverityNumber.WARN,
            {"fastapi.validation.error_count": count},
        )

    def _log_exception(self, error: Exception) -> None:
        name = self.recorder.framework.name
        if self.is_http:
            event, body = "http.server.request.exception", f"Unhandled exception in {name} request"
        else:
            event = "fastapi.websocket.exception"
            body = f"Unhandled exception in {name} WebSocket connection"
        self._log(event, body, SeverityNumber.ERROR, {}, error)

    def _log(
        self,
        event: str,
        body: str,
        severity: SeverityNumber,
        attributes: Attributes,
        error: Exception | None = None,
    ) -> None:
        logger = self.recorder.logger
        if logger is None:
            return
        logger.emit(
            LogRecord(
                timestamp=time_ns(),
                context=self.context,
                severity_number=severity,
                severity_text=severity.name,
                body=body,
                attributes={**attributes, **self._route_attributes()},
                event_name=event,
                exception=error,
            )
        )

    # The end

    def finish(self) -> None:
        """End span and measurements, once."""
        if self._is_finished:
            return
        self._is_finished = True
        outcome = {**self._route_attributes(), **self._outcome()}
        if self._span is not None:
            self._end_span(self._span, outcome)
        if self.is_http and self.recorder.duration is not None:
            attributes = {**self._protocol, **self._version, **outcome}
            attributes.pop("http.request.method_original", None)
            self.recorder.duration.record(perf_counter() - self._started, attributes, self.context)
        if self._counts is not None:
            self._counts.add(-1, self._active_attributes(), self.context)

    def close(self) -> None:
        """Let go of the request: whoever kept a context must not keep all of it."""
        self.finish()
        self.hook.empty()
        self._error = None

    def _end_span(self, span: Span, outcome: Attributes) -> None:
        if span.is_recording():
            span.update_name(self._name())
            span.set_attributes(outcome)
            if "error.type" in outcome:
                span.set_status(Status(StatusCode.ERROR))
        span.end()

    def _route_attributes(self) -> Attributes:
        return {} if self._route is None else {"http.route": self._route}

    def _outcome(self) -> Attributes:
        attributes: Attributes = {}
        if self._status is not None:
            attributes["http.response.status_code"] = self._status
        if (error := self._error_type()) is not None:
            attributes["error.type"] = error
        return attributes

    def _error_type(self) -> str | None:
        if self._error is not None:
            return self.type_of(self._error)
        if not self.is_http:
            return None
        if not self._is_complete:
            return "ConnectionError" if self.disconnected else "RuntimeError"
        return str(self._status) if self._status is not None and self._status >= 500 else None

    def type_of(self, error: BaseException) -> str:
        """Return the name of an exception's class as it is recorded."""
        return semantics.error_type(error, self.recorder.framework.distribution)


def is_normal_end(error: BaseException) -> bool:
    """Tell whether an exception says no more than that a WebSocket client has left."""
    return isinstance(error, WebSocketDisconnect) and error.code in {1000, 1001}


def _served_below(scope: Scope) -> str:
    """Return the path that the server serves the application at, where the request's path has it."""
    root: str = scope.get("app_root_path", scope.get("root_path", "")).rstrip("/")
    path: str = scope["path"]
    return root if path == root or path.startswith(f"{root}/") else ""
