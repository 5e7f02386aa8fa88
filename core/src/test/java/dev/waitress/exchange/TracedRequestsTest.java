package dev.waitress.exchange;

import static dev.waitress.exchange.ResponseTest.bytes;
import static dev.waitress.exchange.ResponseTest.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Ascii;
import dev.waitress.http.Status;
import dev.waitress.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Who is told of the trace of a request. */
class TracedRequestsTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";
    private static final ServerName NAMELESS = new ServerName("", false);

    private final Settings settings = Settings.defaults().withText("trace", "true");
    private final Environ environ = new Environ(settings);

    private Request request(Settings given, boolean peerIsTrusted) {
        Request request = Requests.parse("GET / HTTP/1.1\r\nHost: a\r\nTraceParent: " + PARENT
                + "\r\nTracestate: foo=1\r\ntracestate: bar=2\r\nX-Trace: y\r\n\r\n");
        return request.called(new RequestIds(given).next(request.head(), peerIsTrusted));
    }

    private Map<String, String> variables(Request request) {
        Map<String, String> variables = new HashMap<>();
        environ.write(request, (key, keyEnd, value, start, end) -> {
            String before = variables.put(
                    new String(key, 0, keyEnd, StandardCharsets.ISO_8859_1),
                    new String(value, start, end - start, StandardCharsets.ISO_8859_1));
            assertThat(before).as("is said once").isIn(null, "");
        });
        return variables;
    }

    @Test
    void theApplicationIsByTheNamesOfTheFields() {
        assertThat(variables(request(settings, true)))
                .containsEntry("waitress.trace_id", TRACE)
                .containsEntry("HTTP_TRACEPARENT", PARENT)
                .containsEntry("HTTP_TRACESTATE", "foo=1,bar=2")
                .containsEntry("HTTP_X_TRACE", "y");
    }

    @Test
    void theApplicationIsNotToldWhatStrangersSay() {
        Request request = request(settings, false);
        assertThat(variables(request))
                .containsEntry("HTTP_TRACEPARENT", Ascii.text(trace(request)))
                .doesNotContainEntry("HTTP_TRACEPARENT", PARENT)
                .doesNotContainKey("HTTP_TRACESTATE");
    }

    private static byte[] trace(Request request) {
        return Objects.requireNonNull(request.id().trace()).traceParent();
    }

    @Test
    void theApplicationSeesTheFieldsAsTheyCameWhereNothingIsTraced() {
        assertThat(variables(request(Settings.defaults(), true)))
                .containsEntry("HTTP_TRACEPARENT", PARENT)
                .containsEntry("HTTP_TRACESTATE", "foo=1, bar=2")
                .doesNotContainKey("waitress.trace_id");
    }

    /** One that speaks the PROXY protocol hands on what its client has written. */
    @Test
    void aProxyIsBelievedOnlyIfItWritesHeads() {
        Settings blind = settings.withText("trusted_proxy", "*").withText("proxy_protocol", "true");
        assertThat(Ascii.text(trace(request(blind, true)))).doesNotContain(TRACE);
        Settings seeing = blind.withText("trusted_proxy_headers", "x-forwarded-for");
        assertThat(Ascii.text(trace(request(seeing, true)))).contains(TRACE);
    }

    private static String outcome(Request request, String field) {
        FakeSink sink = new FakeSink(request.head(), NAMELESS, false);
        new Response(request, sink, NAMELESS).send(head("200 OK", field), bytes(""), 0, 0);
        return sink.outcome();
    }

    @Test
    void theClientIsUnlessTheApplicationDoesSo() {
        Request request = request(settings, true);
        assertThat(outcome(request, "X: y")).containsOnlyOnce("\r\ntraceresponse: " + PARENT + "\r\n");
        assertThat(outcome(request, "TraceResponse: mine")).doesNotContain(PARENT);
        assertThat(outcome(request(Settings.defaults(), true), "X: y")).doesNotContain("traceresponse");
    }

    @Test
    void theClientIsInAnswersOfTheServer() {
        Request request = request(settings.withText("request_id", "true"), true);
        FakeSink sink = new FakeSink(request.head(), NAMELESS, false);
        new Response(request, sink, NAMELESS).refuse(Status.BAD_GATEWAY, "lost");
        assertThat(sink.outcome()).contains("X-Request-ID: ").contains("\r\ntraceresponse: " + PARENT + "\r\n");
    }

    @Test
    void aRequestWithoutAHeadHasNone() {
        assertThat(new RequestIds(settings).next()).isSameAs(RequestId.NONE);
    }
}
