"""``--trace``: one trace from the proxy through the server into the application, and its spans at a collector."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from collecting import Collector, Span
from metering import OWN, Meter
from performers import classes
from probes import until
from procfs import on_linux
from streams2 import Client
from wire import Connection, Head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Start
    from serving import Server

APPS = str(Path(__file__).parent / "apps")
TESTS = str(Path(__file__).parent)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{CALLER}-01"
TRUSTING = ("--trusted-proxy=127.0.0.1", "--trusted-proxy-headers=x-forwarded-for")
REDIRECTING = ("--self-signed", "--http-listen=127.0.0.1:0", "--https-redirect")
OTELCOL = os.environ.get("OTELCOL") or shutil.which("otelcol") or shutil.which("otelcorecol")

# trace.proto: Span.SpanKind, and Status.StatusCode.
INTERNAL = 1
SERVER = 2
UNSET = 0
ERROR = 2
IS_REMOTE = 0x200


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


def get(server: Server, target: str, *fields: str, port: int = 0) -> tuple[Head, bytes]:
    """Ask once."""
    with Connection(port or server.port) as connection:
        connection.ask("GET", target, *fields, "Connection: close")
        head = connection.head()
        return head, connection.body(head)


def plain_port(server: Server) -> int:
    """Where one that speaks HTTPS sends clients there."""
    return int(server.wait_for(r"Serving on http://127\.0\.0\.1:(\d+)")[1])


def response_ids(head: Head) -> tuple[str, str, str]:
    """Trace, span and flags as the answer names them."""
    match = re.fullmatch("00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])", head.one("traceresponse") or "")
    assert match, head
    return match[1], match[2], match[3]


class TestContexts:
    """Without a collector."""

    def test_are_those_of_trusted_peers(self, start: Start) -> None:
        """Nobody makes a span here, so that the caller's is the one that the application goes on with."""
        server = start("environ_echo:app", "--trace", *TRUSTING, PYTHONPATH=TESTS)
        head, body = get(server, "/", f"traceparent: {PARENT}", "tracestate: a=1", "tracestate: b=2")
        environ = json.loads(body)
        assert head.one("traceresponse") == PARENT
        assert environ["HTTP_TRACEPARENT"] == PARENT
        assert environ["HTTP_TRACESTATE"] == "a=1,b=2"
        assert environ["waitress.trace_id"] == TRACE

    def test_are_new_for_others(self, start: Start) -> None:
        """What they say is not passed on."""
        server = start("environ_echo:app", "--trace", PYTHONPATH=TESTS)
        seen = set()
        for _ in range(3):
            head, body = get(server, "/", f"traceparent: {PARENT}", "tracestate: a=1")
            environ = json.loads(body)
            trace, _, flags = response_ids(head)
            assert flags == "01"
            assert environ["HTTP_TRACEPARENT"] == head.one("traceresponse")
            assert environ["waitress.trace_id"] == trace
            assert "HTTP_TRACESTATE" not in environ
            seen.add(trace)
        assert len(seen) == 3
        assert TRACE not in seen

    def test_are_nobodys_business_by_default(self, start: Start) -> None:
        server = start("environ_echo:app", *TRUSTING, PYTHONPATH=TESTS)
        head, body = get(server, "/", "traceparent: whatever")
        environ = json.loads(body)
        assert head.one("traceresponse") is None
        assert environ["HTTP_TRACEPARENT"] == "whatever"
        assert "waitress.trace_id" not in environ

    def test_are_in_http2_too(self, start: Start) -> None:
        server = start("parallel:app", "--trace", "--http2-cleartext", *TRUSTING, PYTHONPATH=APPS)
        with Client(server.port) as client:
            answer = client.get(1, "/environ", ("traceparent", PARENT))
        assert dict(answer.fields)["traceresponse"] == PARENT
        assert json.loads(answer.body)["HTTP_TRACEPARENT"] == PARENT

    def test_are_in_the_access_log(self, start: Start, tmp_path: Path) -> None:
        """As fields of JSON."""
        log = tmp_path / "log"
        options = ("--trace", f"--access-log={log}", "--access-log-format=json", *TRUSTING)
        server = start("environ_echo:app", *options, PYTHONPATH=TESTS)
        get(server, "/", f"traceparent: {PARENT}")
        until(log.read_text, "a line")
        line = json.loads(log.read_text())
        assert (line["trace_id"], line["span_id"]) == (TRACE, CALLER)

    @pytest.mark.parametrize(("options", "shown"), [(("--trace",), f"{TRACE} {CALLER}"), ((), "- -")])
    def test_are_directives_of_the_access_log(
        self, start: Start, tmp_path: Path, options: tuple[str, ...], shown: str
    ) -> None:
        log = tmp_path / "log"
        form = "--access-log-format=%{trace_id}x %{span_id}x"
        server = start("environ_echo:app", f"--access-log={log}", form, *options, *TRUSTING, PYTHONPATH=TESTS)
        get(server, "/", f"traceparent: {PARENT}")
        until(log.read_text, "a line")
        assert log.read_text() == shown + "\n"

    def test_are_in_answers_of_the_server(self, start: Start) -> None:
        """The application has no part in this one."""
        server = start("environ_echo:app", "--trace", *REDIRECTING, *TRUSTING, PYTHONPATH=TESTS)
        head, _ = get(server, "/", f"traceparent: {PARENT}", port=plain_port(server))
        assert (head.status, head.one("traceresponse")) == (308, PARENT)


class TestSpans:
    """With a collector that is strict."""

    def test_tell_of_a_request(self, start: Start, collector: Collector) -> None:
        server = start(
            "environ_echo:app",
            "--trace",
            f"--otlp-endpoint={collector.url}",
            *TRUSTING,
            PYTHONPATH=TESTS,
            OTEL_SERVICE_NAME="shop",
            OTEL_RESOURCE_ATTRIBUTES="deployment.environment.name=test",
            OTEL_EXPORTER_OTLP_HEADERS="x-key=a%20b",
        )
        head, body = get(
            server,
            "/a%20b?q=1&sig=secret",
            f"traceparent: {PARENT}",
            "tracestate: a=1",
            "X-Forwarded-For: 192.0.2.7",
            "User-Agent: caf\u00e9",
        )
        environ = json.loads(body)
        (span,) = collector.wait_for(kind=SERVER)
        assert response_ids(head) == (TRACE, span.span_id, "01")
        assert environ["HTTP_TRACEPARENT"] == f"00-{TRACE}-{span.span_id}-01"
        assert (span.name, span.trace_id, span.parent_id, span.state) == ("GET", TRACE, CALLER, "a=1")
        assert span.flags & IS_REMOTE
        assert span.status == UNSET
        assert span.resource["service.name"] == "shop"
        assert span.resource["deployment.environment.name"] == "test"
        assert span.attributes == {
            "http.request.method": "GET",
            "url.scheme": "http",
            "url.path": "/a%20b",
            "url.query": "q=1&sig=REDACTED",
            "server.address": "localhost",
            "client.address": "192.0.2.7",
            "network.peer.address": "127.0.0.1",
            "network.protocol.version": "1.1",
            "user_agent.original": "caf\u00e9",
            "http.request.body.size": 0,
            "http.response.status_code": 200,
            "http.response.body.size": len(body),
            "waitress.attempts": 1,
        }
        self.check_phases(collector, span, ["queue", "application", "send"])
        assert collector.headers[0]["x-key"] == "a b"

    @staticmethod
    def check_phases(collector: Collector, span: Span, names: list[str]) -> None:
        """The children follow each other within their parent."""
        children = collector.children(span, len(names))
        assert sorted(children) == sorted(names)
        for before, after in zip(names, names[1:], strict=False):
            assert children[before].end == children[after].start
        assert span.start <= children[names[0]].start
        assert children[names[-1]].end == span.end
        assert {child.kind for child in children.values()} == {INTERNAL}
        assert {child.trace_id for child in children.values()} == {span.trace_id}

    def test_tell_of_streams_of_http2(self, start: Start, collector: Collector) -> None:
        options = ("--trace", f"--otlp-endpoint={collector.url}", "--http2-cleartext", *TRUSTING)
        server = start("parallel:app", *options, PYTHONPATH=APPS)
        with Client(server.port) as client:
            answer = client.get(1, "/environ", ("traceparent", PARENT))
        (span,) = collector.wait_for(kind=SERVER)
        assert dict(answer.fields)["traceresponse"] == f"00-{TRACE}-{span.span_id}-01"
        assert span.attributes["network.protocol.version"] == "2"
        self.check_phases(collector, span, ["queue", "application", "send"])

    def test_tell_of_java_applications(self, start: Start, collector: Collector, tmp_path: Path) -> None:
        server = start(
            "--app-class=Events",
            "--trace",
            f"--otlp-endpoint={collector.url}",
            "--service-name=java",
            CLASSPATH=str(classes(tmp_path)),
        )
        head, _ = get(server, "/")
        (span,) = collector.wait_for(kind=SERVER)
        assert response_ids(head) == (span.trace_id, span.span_id, "01")
        assert span.parent_id == ""
        assert span.resource["service.name"] == "java"
        self.check_phases(collector, span, ["queue", "application", "send"])

    def test_are_the_parents_of_those_of_the_application(self, start: Start, collector: Collector) -> None:
        """OpenTelemetry's own instrumentation goes on with what the environ says."""
        server = start(
            "traced:app",
            "--trace",
            f"--otlp-endpoint={collector.url}",
            *TRUSTING,
            PYTHONPATH=APPS,
            TRACED_COLLECTOR=collector.url,
        )
        assert get(server, "/items/7", f"traceparent: {PARENT}")[1] == b"7"
        (ours,) = collector.wait_for(parent_id=CALLER)
        (theirs,) = collector.wait_for(name="GET /items/<number>")
        assert (theirs.trace_id, theirs.parent_id) == (TRACE, ours.span_id)
        assert (ours.resource["service.name"], theirs.resource["service.name"]) == ("waitress", "shop")
        application = collector.children(ours, 4)["application"]
        # Two clocks, of which one tells microseconds.
        assert application.start - 1_000_000 <= theirs.start <= theirs.end <= ours.end + 1_000_000
        # What the parent does not record, nobody records.
        get(server, "/items/8", f"traceparent: {PARENT[:-1]}0")
        get(server, "/items/9", f"traceparent: {PARENT}")
        collector.wait_for(2, name="GET /items/<number>")
        collector.wait_for(2, kind=SERVER, parent_id=CALLER)
        assert not [span for span in collector.spans if span.attributes.get("url.path") == "/items/8"]

    @on_linux
    def test_show_that_workers_were_killed(self, start: Start, collector: Collector, tmp_path: Path) -> None:
        """A request of a safe method is begun a second time."""
        server = start(
            "mortal:app",
            "--trace",
            f"--otlp-endpoint={collector.url}",
            "--workers=2",
            PYTHONPATH=APPS,
            NOTES=str(tmp_path / "notes"),
        )
        assert get(server, "/kill")[0].status == 502
        (span,) = collector.wait_for(kind=SERVER)
        attempts = collector.wait_for(2, name="application", parent_id=span.span_id)
        assert [attempt.attributes["waitress.attempt"] for attempt in attempts] == [1, 2]
        assert [attempt.attributes["error.type"] for attempt in attempts] == ["worker_lost"] * 2
        assert len({attempt.attributes["waitress.worker"] for attempt in attempts}) == 2
        assert attempts[0].end <= attempts[1].start
        assert (span.attributes["waitress.attempts"], span.attributes["error.type"]) == (2, "502")
        assert (span.status, attempts[0].status) == (ERROR, ERROR)

    def test_tell_what_the_server_answers_itself(self, start: Start, collector: Collector) -> None:
        """Probes of health have no spans, as they have no lines in the log."""
        options = ("--trace", f"--otlp-endpoint={collector.url}", *REDIRECTING, "--health")
        server = start("environ_echo:app", *options, PYTHONPATH=TESTS)
        port = plain_port(server)
        assert get(server, "/-/live", port=port)[0].status == 200
        assert get(server, "/a", port=port)[0].status == 308
        (span,) = collector.wait_for(kind=SERVER)
        assert span.attributes["waitress.attempts"] == 0
        assert span.attributes["url.path"] == "/a"
        self.check_phases(collector, span, ["send"])

    def test_survive_whatever_clients_send(self, start: Start, collector: Collector) -> None:
        """Text that is not UTF-8, or means something in JSON, breaks nothing."""
        server = start("environ_echo:app", "--trace", f"--otlp-endpoint={collector.url}", PYTHONPATH=TESTS)
        hostile = [
            b'GET /"\\</script>%00?\xff\xfe"{ HTTP/1.1\r\nHost: "]:9"\r\nUser-Agent: \xed\xa0\x80\t"\r\n',
            b"A!#$%&'*+.^_`|~ / HTTP/1.0\r\nHost: [::1]:99999\r\n",
            b"GET http://a:1/ HTTP/1.1\r\nHost: b\r\nUser-Agent: \\u0000\xf0\x9f\x90\x8d\r\n",
        ]
        for head in hostile:
            with Connection(server.port) as connection:
                connection.send(head + b"Connection: close\r\n\r\n")
                connection.head()
        get(server, "/last")
        collector.wait_for(kind=SERVER)
        until(lambda: any(span.attributes.get("url.path") == "/last" for span in collector.spans), "the last")
        assert not collector.faults

    def test_are_sent_when_the_server_ends(self, start: Start, collector: Collector) -> None:
        server = start("environ_echo:app", "--trace", f"--otlp-endpoint={collector.url}", PYTHONPATH=TESTS)
        for number in range(20):
            get(server, f"/{number}")
        server.stop()
        assert len([span for span in collector.spans if span.kind == SERVER]) == 20

    def test_are_counted(self, start: Start, collector: Collector) -> None:
        """Those that were refused too."""
        options = ("--trace", f"--otlp-endpoint={collector.url}", OWN)
        server = start("environ_echo:app", *options, PYTHONPATH=TESTS)
        meter = Meter(server)
        get(server, "/")
        collector.wait_for(kind=SERVER)
        until(lambda: meter.sampled().one("waitress_spans_exported_total") == 4, "a number")
        collector.refusals = [400]
        get(server, "/")
        until(
            lambda: meter.sampled_as_openmetrics().all("waitress_spans_dropped_total", "reason") == {("collector",): 4},
            "a number",
        )
        server.wait_for(r"cannot send spans to http://127.0.0.1:\d+/v1/traces: it answers 400: \{\}; 4 were dropped")

    def test_hold_nobody_up_where_no_collector_is(self, start: Start) -> None:
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            port = nobody.getsockname()[1]
        server = start("environ_echo:app", "--trace", f"--otlp-endpoint=http://127.0.0.1:{port}", OWN, PYTHONPATH=TESTS)
        for _ in range(5):
            assert get(server, "/")[0].status == 200
        server.wait_for(rf"cannot send spans to http://127.0.0.1:{port}/v1/traces: Connection refused")
        server.stop()
        assert server.log.count("cannot send spans") <= 2  # one, and one at the end


def test_a_setting_that_is_in_vain_is_refused() -> None:
    command = [os.environ.get("WAITRESS_SERVE", "waitress-serve"), "--trace-sample=0.5", "a:b"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "trace_sample and otlp_endpoint have no meaning without setting trace" in ended.stderr


@pytest.mark.skipif(OTELCOL is None, reason="no otelcol or otelcorecol on the PATH")
def test_a_real_collector_takes_the_spans(start: Start, tmp_path: Path) -> None:
    """It says what it has understood."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path / "config.yaml"
    config.write_text(f"""
receivers: {{otlp: {{protocols: {{http: {{endpoint: "127.0.0.1:{port}"}}}}}}}}
exporters: {{debug: {{verbosity: detailed}}}}
service:
  telemetry: {{metrics: {{level: none}}}}
  pipelines: {{traces: {{receivers: [otlp], exporters: [debug]}}}}
""")
    log = tmp_path / "collector.log"
    with log.open("w") as output:
        collector = subprocess.Popen([str(OTELCOL), f"--config={config}"], stdout=output, stderr=output)
    try:
        until(lambda: "Everything is ready" in log.read_text() or collector.poll() is not None, "the collector")
        assert collector.poll() is None, log.read_text()
        server = start(
            "environ_echo:app", "--trace", f"--otlp-endpoint=http://127.0.0.1:{port}", *TRUSTING, PYTHONPATH=TESTS
        )
        head, _ = get(server, "/real", f"traceparent: {PARENT}", "tracestate: a=1")
        until(lambda: "/real" in log.read_text(), "a span")
        told = log.read_text()
        assert re.search(rf"Trace ID\s*: {TRACE}\n\s*Parent ID\s*: {CALLER}\n\s*ID\s*: {response_ids(head)[1]}", told)
        assert re.search(r"Kind\s*: Server", told)
        assert re.search(r"http\.response\.status_code: Int\(200\)", told)
        assert re.search(r"TraceState\s*: a=1", told)
        server.stop()
        assert "cannot send spans" not in server.log
    finally:
        collector.send_signal(signal.SIGTERM)
        collector.wait()
