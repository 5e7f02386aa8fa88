"""A collector of spans that takes nothing but what the published schema of OTLP allows."""

from __future__ import annotations

import base64
import json
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message
    from types import TracebackType
    from typing import Self

WAIT_SECONDS = 30
#: Protocol Buffers have bytes as base64 in JSON; OTLP has ids as hexadecimal digits instead.
ID_LENGTHS = {"traceId": 32, "spanId": 16, "parentSpanId": 16}


@dataclass(frozen=True)
class Span:
    """One span, with what it is of."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    state: str
    flags: int
    kind: int
    start: int
    end: int
    status: int
    attributes: dict[str, Any]
    resource: dict[str, Any]


def strictly(value: Any) -> Any:  # noqa: ANN401 -- JSON
    """Put the ids of OTLP's JSON into the form of Protocol Buffers; any other form is refused."""
    if isinstance(value, list):
        return [strictly(each) for each in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for key, each in value.items():
        if key in ID_LENGTHS:
            assert re.fullmatch(f"[0-9a-f]{{{ID_LENGTHS[key]}}}", each), (key, each)
            assert set(each) != {"0"}, (key, each)
            result[key] = base64.b64encode(bytes.fromhex(each)).decode()
        else:
            assert not key.endswith("UnixNano") or re.fullmatch(r"[1-9]\d{18}", each), (key, each)
            result[key] = strictly(each)
    return result


def _attributes(pairs: Any) -> dict[str, Any]:  # noqa: ANN401 -- generated class
    result: dict[str, Any] = {}
    for pair in pairs:
        assert pair.key, pair
        assert pair.key not in result, pair
        result[pair.key] = getattr(pair.value, pair.value.WhichOneof("value"))
    return result


def read(body: bytes, media_type: str) -> list[Span]:
    """Read what was sent, whole or not at all."""
    request = ExportTraceServiceRequest()
    if media_type == "application/x-protobuf":
        request.ParseFromString(body)
    else:
        assert media_type == "application/json", media_type
        json_format.ParseDict(strictly(json.loads(body.decode())), request)  # refuses fields that it does not know
    return list(_spans(request))


def _spans(request: ExportTraceServiceRequest) -> Iterator[Span]:
    for resource_spans in request.resource_spans:
        resource = _attributes(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            assert scope_spans.scope.name
            for span in scope_spans.spans:
                assert span.start_time_unix_nano <= span.end_time_unix_nano, span
                yield Span(
                    span.name,
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    span.trace_state,
                    span.flags,
                    span.kind,
                    span.start_time_unix_nano,
                    span.end_time_unix_nano,
                    span.status.code,
                    _attributes(span.attributes),
                    resource,
                )


class Collector:
    """Takes spans on a port of its own; a context manager."""

    def __init__(self) -> None:
        """Listen."""
        self.spans: list[Span] = []
        self.headers: list[Message] = []
        #: Statuses with which the next batches are refused.
        self.refusals: list[int] = []
        self.faults: list[BaseException] = []
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def _handler(collector) -> type[BaseHTTPRequestHandler]:  # noqa: N805 -- self is the handler's
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = collector.take(self.path, body, self.headers)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def take(self, path: str, body: bytes, headers: Message) -> int:
        """Take a batch; what makes no sense fails the test."""
        with self._changed:
            try:
                assert path == "/v1/traces"
                if self.refusals:
                    return self.refusals.pop(0)
                self.spans += read(body, headers["Content-Type"])
                self.headers.append(headers)
            except BaseException as fault:
                self.faults.append(fault)
                return 400
            finally:
                self._changed.notify_all()
            return 200

    def wait_for(self, count: int = 1, **wanted: object) -> list[Span]:
        """Wait for so many spans with these properties; those that came first come first."""

        def found() -> list[Span]:
            return [span for span in self.spans if all(getattr(span, key) == value for key, value in wanted.items())]

        with self._changed:
            self._changed.wait_for(lambda: len(found()) >= count or bool(self.faults), WAIT_SECONDS)
            assert not self.faults, self.faults
            assert len(found()) >= count, self.spans
            return found()

    def children(self, parent: Span, count: int) -> dict[str, Span]:
        """Wait for the children of a span, which come with it; of those with one name the last."""
        return {span.name: span for span in self.wait_for(count, parent_id=parent.span_id)}

    def __enter__(self) -> Self:
        """Begin to serve."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End, and complain of what was wrong."""
        self._server.shutdown()
        self._server.server_close()
        assert not self.faults, self.faults
