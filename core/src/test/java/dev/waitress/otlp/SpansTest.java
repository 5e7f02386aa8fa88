package dev.waitress.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestIds;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerAnswer;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.Status;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.ManualClock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The strict reading of what is sent is that of test_tracing.py. */
class SpansTest {
    private static final ServerName NAME = new ServerName("", false);
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER = "00f067aa0ba902b7";
    private static final String TRACED = "traceparent: 00-" + TRACE + "-" + CALLER + "-01";

    private static final Settings SETTINGS =
            Settings.defaults().withText("trace", "true").withText("otlp_endpoint", "http://127.0.0.1:1");

    private final ManualClock clock = new ManualClock();
    private final FakeCollector collector = new FakeCollector();
    private final Spans spans = new Spans(new Exporter(collector, new OtlpJson(Map.of()), clock), clock);

    private void passMillis(long millis) {
        clock.pass(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private Response accept(String line, String... fields) {
        long firstByte = clock.nanos();
        passMillis(1);
        Request request = Requests.parse(line + " HTTP/1.1\r\n" + String.join("\r\n", fields) + "\r\n\r\n")
                .arrived(firstByte, clock.nanos());
        request.called(new RequestIds(SETTINGS).next(request.head(), true));
        Response response = new Response(request, new FakeSink(request.head(), NAME, false), NAME);
        response.observedBy(spans.accepted(request));
        return response;
    }

    private void begin(Response response, String worker) {
        long begun = clock.nanos();
        response.producedBy(new Producer() {
            @Override
            public void drained(long bytes) {}

            @Override
            public void clientGone() {}

            @Override
            public String name() {
                return worker;
            }

            @Override
            public long begunNanos() {
                return begun;
            }
        });
    }

    private String sent() throws InterruptedException {
        spans.tick(clock.nanos());
        return collector.next();
    }

    /** Name, and from when to when in milliseconds since the first request came. */
    private static List<String> phases(String batch) {
        Matcher span = Pattern.compile(
                        "\"name\":\"([^\"]*)\",\"startTimeUnixNano\":\"(\\d+)\",\"endTimeUnixNano\":\"(\\d+)\"")
                .matcher(batch);
        List<String> phases = new ArrayList<>();
        while (span.find()) {
            phases.add(span.group(1) + " " + millis(span.group(2)) + "-" + millis(span.group(3)));
        }
        return phases;
    }

    private static long millis(String nanos) {
        return TimeUnit.NANOSECONDS.toMillis(Long.parseLong(nanos)) - 1000;
    }

    private static Map<String, String> attributes(String batch) {
        Matcher attribute = Pattern.compile("\\{\"key\":\"([^\"]*)\",\"value\":\\{\"(\\w+)\":\"([^\"]*)\"}}")
                .matcher(batch);
        Map<String, String> attributes = new LinkedHashMap<>();
        while (attribute.find()) {
            attributes.putIfAbsent(attribute.group(1), attribute.group(3));
        }
        return attributes;
    }

    @Test
    void tellOfAllPhasesOfARequest() throws InterruptedException {
        Response response = accept("GET /a", "Host: a", TRACED);
        passMillis(4);
        begin(response, "1/77");
        passMillis(8);
        ServerAnswer.NOT_FOUND.sendTo(response);
        passMillis(16);
        response.left();
        String batch = sent();
        assertThat(phases(batch)).containsExactly("GET 0-29", "queue 1-5", "application 5-13", "send 13-29");
        assertThat(batch).contains("\"traceId\":\"" + TRACE + "\"").containsOnlyOnce(CALLER);
        assertThat(attributes(batch))
                .containsEntry("http.response.status_code", "404")
                .containsEntry("waitress.attempts", "1")
                .containsEntry("waitress.worker", "1/77")
                .doesNotContainKey("error.type");
        assertThat(batch).as("an error of the client's").doesNotContain("\"status\"");
    }

    @Test
    void nameWhatOpenTelemetryNames() throws InterruptedException {
        Response response =
                accept("BREW /caf%C3%A9?x=\"&sig=secret", "Host: [::1]:8080", "User-Agent: \u00c3\u00a9", TRACED);
        ServerAnswer.NOT_FOUND.sendTo(response);
        response.left();
        String batch = sent();
        assertThat(phases(batch)).first().asString().startsWith("HTTP ");
        assertThat(batch).contains("{\"key\":\"url.query\",\"value\":{\"stringValue\":\"x=\\\"&sig=REDACTED\"}}");
        assertThat(attributes(batch))
                .containsEntry("http.request.method", "_OTHER")
                .containsEntry("http.request.method_original", "BREW")
                .containsEntry("url.scheme", "http")
                .containsEntry("url.path", "/caf%C3%A9")
                .containsEntry("server.address", "::1")
                .containsEntry("server.port", "8080")
                .containsEntry("client.address", "10.0.0.1")
                .containsEntry("network.peer.address", "10.0.0.1")
                .containsEntry("network.protocol.version", "1.1")
                .containsEntry("user_agent.original", "\u00e9");
    }

    @Test
    void showEachAttempt() throws InterruptedException {
        Response response = accept("GET /", "Host: a", TRACED);
        begin(response, "1/77");
        passMillis(10);
        response.lost();
        passMillis(5);
        begin(response, "2/78");
        passMillis(10);
        ServerAnswer.NOT_FOUND.sendTo(response);
        response.left();
        String batch = sent();
        assertThat(phases(batch))
                .containsExactly("GET 0-26", "queue 1-1", "application 1-11", "application 16-26", "send 26-26");
        assertThat(attributes(batch)).containsEntry("waitress.attempts", "2");
        assertThat(batch).containsOnlyOnce("worker_lost").contains("1/77").contains("2/78");
    }

    /** The loop tells the time at which its turn began. */
    @Test
    void followEachOtherWhateverClockTellsTheTime() throws InterruptedException {
        Response response = accept("GET /", "Host: a", TRACED);
        clock.pass(-TimeUnit.MILLISECONDS.toNanos(1));
        begin(response, "1/77");
        passMillis(11);
        response.lost();
        clock.pass(-TimeUnit.MILLISECONDS.toNanos(5));
        begin(response, "2/78");
        passMillis(10);
        ServerAnswer.NOT_FOUND.sendTo(response);
        response.left();
        assertThat(phases(sent())).contains("queue 1-1", "application 1-11", "application 11-16");
    }

    /** It was given back by a worker that had not begun it. */
    @Test
    void showNoAttemptThatWasNone() throws InterruptedException {
        Response response = accept("GET /", "Host: a", TRACED);
        begin(response, "1/77");
        passMillis(5);
        begin(response, "2/78");
        ServerAnswer.NOT_FOUND.sendTo(response);
        response.left();
        assertThat(phases(sent())).contains("queue 1-6", "application 6-6").hasSize(4);
    }

    @Test
    void showWhatTheServerAnswersItself() throws InterruptedException {
        Response response = accept("GET /", "Host: a", TRACED);
        response.refuse(Status.BAD_GATEWAY, "lost");
        response.left();
        String batch = sent();
        assertThat(phases(batch)).containsExactly("GET 0-1", "send 1-1");
        assertThat(attributes(batch)).containsEntry("error.type", "502").containsEntry("waitress.attempts", "0");
        assertThat(batch).contains("\"status\":{\"code\":2}");
    }

    @Test
    void showClientsThatLeave() throws InterruptedException {
        Response response = accept("GET /", "Host: a", TRACED);
        begin(response, "1/77");
        response.clientGone();
        assertThat(attributes(sent()))
                .containsEntry("error.type", "client_left")
                .doesNotContainKey("http.response.status_code");
    }

    @ParameterizedTest
    @CsvSource({"59999, 0", "60000, 2"})
    void doNotWaitForeverForTheLastByte(long millis, int sent) throws InterruptedException {
        Response response = accept("GET /", "Host: a", TRACED);
        ServerAnswer.NOT_FOUND.sendTo(response);
        passMillis(millis);
        spans.tick(clock.nanos());
        ServerAnswer.NOT_FOUND.sendTo(accept("GET /b", "Host: a", TRACED)); // not over
        response.left();
        spans.tick(clock.nanos());
        assertThat(phases(collector.next()))
                .as("and then does not tell it again")
                .hasSize(sent == 0 ? 2 : 1);
        assertThat(collector.batches).isEmpty();
    }

    @Test
    void areNotMadeWhereTheTraceIsNotSampled() throws InterruptedException {
        Response unsampled = accept("GET /no", "Host: a", TRACED.replaceAll("1$", "0"));
        ServerAnswer.NOT_FOUND.sendTo(unsampled);
        unsampled.left();
        Response sampled = accept("GET /yes", "Host: a", TRACED);
        ServerAnswer.NOT_FOUND.sendTo(sampled);
        sampled.left();
        assertThat(sent()).contains("/yes").doesNotContain("/no");
    }

    @Test
    void cutWhatIsLong() throws InterruptedException {
        Response response = accept(
                "GET /" + "p".repeat(RequestFacts.MOST_BYTES),
                "Host: a",
                "User-Agent: " + "u".repeat(RequestFacts.MOST_BYTES),
                TRACED,
                "tracestate: a=" + "s".repeat(255) + ",b=" + "s".repeat(253));
        ServerAnswer.NOT_FOUND.sendTo(response);
        response.left();
        String batch = sent();
        assertThat(attributes(batch).get("url.path")).hasSize(RequestFacts.MOST_BYTES);
        assertThat(attributes(batch).get("user_agent.original")).hasSize(RequestFacts.MOST_BYTES);
        assertThat(batch).as("513 bytes").doesNotContain("traceState");
    }

    @Test
    void areSentAtTheEnd() throws InterruptedException {
        ServerAnswer.NOT_FOUND.sendTo(accept("GET /leaving", "Host: a", TRACED));
        accept("GET /running", "Host: a", TRACED);
        spans.close();
        assertThat(collector.next()).contains("/leaving").doesNotContain("/running");
        assertThat(spans.counts()).isEqualTo(new SpanCounts(1, 0, 0));
    }
}
