package dev.waitress.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.exchange.ClientCounts;
import dev.waitress.exchange.ClientCounts.Spoken;
import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Occupation;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Replacement;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerName;
import dev.waitress.exchange.Tally;
import dev.waitress.exchange.WorkerStatus;
import dev.waitress.meter.Meter;
import dev.waitress.otlp.SpanCounts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsGatewayTest {
    private static final ServerName NAME = new ServerName("", false);

    /** No system gives a process this number. */
    private static final long NO_PID = Integer.MAX_VALUE;

    private final List<WorkerStatus> workers = new ArrayList<>();
    private final Tally tally = new Tally();
    private final Queue<Runnable> elsewhere = new ArrayDeque<>();
    private List<String> obstacles = List.of();
    private final Traffic traffic = new Traffic(() -> 0);
    private final MetricsGateway gateway = new MetricsGateway(
            new Scraper(new Sources(traffic, this::front, new Inspected(), () -> 7, 1024, Meter.NONE), elsewhere::add),
            Runnable::run);

    private FrontFacts front() {
        ClientCounts clients = new ClientCounts(Map.of("idle", 3L), Map.of(new Spoken("http/2", true), 3L), 9, 1);
        return new FrontFacts(
                List.of(), 0, 0, obstacles, clients, 4096, 8192, 2, 1_800_000_000, new SpanCounts(7, 3, 4));
    }

    private final class Inspected implements Operations {
        @Override
        public void reload(String reason, Consumer<Outcome> told) {
            throw new AssertionError("nobody has ordered anything");
        }

        @Override
        public void addWorker(Consumer<Outcome> told) {
            throw new AssertionError("nobody has ordered anything");
        }

        @Override
        public void removeWorker(Consumer<Outcome> told) {
            throw new AssertionError("nobody has ordered anything");
        }

        @Override
        public void inspect(boolean withStacks, Consumer<Inspection> told) {
            assertThat(withStacks).as("no worker is disturbed").isFalse();
            told.accept(new Inspection(workers, 5, tally.counts()));
        }
    }

    private FakeSink ask(String method, String target, String... fields) {
        String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
        Request request = Requests.parse(method + " " + target + " HTTP/1.1\r\nHost: a\r\n" + more + "\r\n");
        FakeSink sink = new FakeSink(request.head(), NAME, false);
        gateway.submit(request, new Response(request, sink, NAME));
        return sink;
    }

    private String answer(String method, String target, String... fields) {
        FakeSink sink = ask(method, target, fields);
        Runnable next = elsewhere.poll();
        if (next != null) {
            next.run();
        }
        return sink.outcome();
    }

    private void work() {
        Occupation runs = new Occupation("waitress-0", "GET /?x=\"\n", 5, "");
        Occupation rests = new Occupation("waitress-1", "", 0, "");
        workers.add(new WorkerStatus(
                4, NO_PID, "serving", TimeUnit.SECONDS.toNanos(3), 17, 2, false, List.of(runs, rests)));
    }

    @Test
    void isPrometheusTextWhereNothingElseIsAskedFor() {
        assertThat(answer("GET", "/metrics"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n")
                .contains("\r\nCache-Control: no-store\r\n")
                .contains("\n# TYPE waitress_http_requests_total counter\n")
                .contains("\nwaitress_spans_exported_total 7\n")
                .contains("\nwaitress_spans_dropped_total{reason=\"queue_full\"} 3\n")
                .contains("\nwaitress_spans_dropped_total{reason=\"collector\"} 4\n")
                .doesNotContain("# EOF")
                .endsWith("\nwaitress_access_log_dropped_lines_total 2\n--open");
    }

    @Test
    void isOpenMetricsForWhoPrefersThat() {
        assertThat(answer("GET", "/metrics?x", "Accept: text/plain;q=0.1", "Accept: application/openmetrics-text"))
                .contains("\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n")
                .contains("\n# TYPE waitress_http_requests counter\n")
                .endsWith("\n# EOF\n--open");
    }

    @Test
    void tellsWhatTheFrontKnows() {
        assertThat(answer("GET", "/metrics"))
                .contains("\nwaitress_ready 1\n")
                .contains("\nwaitress_connections{state=\"idle\"} 3\n")
                .contains("\nwaitress_connections_speaking{protocol=\"http/2\",tls=\"true\"} 3\n")
                .contains("\nwaitress_connections_accepted_total 9\n")
                .contains("\nwaitress_connections_turned_away_total 1\n")
                .contains("\nwaitress_buffer_bytes 4096\n", "\nwaitress_buffer_limit_bytes 8192\n")
                .contains("\nwaitress_spool_files 7\n", "\nprocess_max_fds 1024\n")
                .contains("\nwaitress_certificate_not_after_seconds 1800000000\n")
                .contains("\nwaitress_queue_requests 5\n");
    }

    @Test
    void tellsWhyItIsNotReady() {
        obstacles = List.of("draining");
        assertThat(answer("GET", "/metrics")).contains("\nwaitress_ready 0\n");
    }

    @Test
    void tellsOfEachWorker() {
        work();
        tally.count(Replacement.DIED);
        tally.count(Tally.Incident.TAKEOVER);
        assertThat(answer("GET", "/metrics"))
                .contains("\nwaitress_workers{state=\"serving\"} 1\n", "\nwaitress_workers{state=\"hung\"} 0\n")
                .contains("\nwaitress_worker_busy_threads{worker=\"4\"} 1\n")
                .contains("\nwaitress_worker_queue_requests{worker=\"4\"} 2\n")
                .contains("\nwaitress_worker_requests_total{worker=\"4\"} 17\n")
                .contains("\nwaitress_worker_age_seconds{worker=\"4\"} 3\n")
                .contains("\nwaitress_worker_replacements_total{reason=\"died\"} 1\n")
                .contains("\nwaitress_worker_replacements_total{reason=\"reload\"} 0\n")
                .contains("\nwaitress_worker_takeovers_total 1\n")
                .as("of a process that is gone")
                .doesNotContain("waitress_worker_resident_memory_bytes{");
    }

    @Test
    void tellsOfThisProcessWhatTheSystemKnows() {
        String text = answer("GET", "/metrics");
        assertThat(text).containsPattern("\nprocess_start_time_seconds 1\\.\\d+E9\n");
        assertThat(text).containsPattern("\nprocess_cpu_seconds_total [\\d.]+\n");
        assertThat(text).containsPattern("\nprocess_resident_memory_bytes \\d{7,}\n");
    }

    /** The loop goes on meanwhile. */
    @Test
    void isWrittenElsewhere() {
        FakeSink sink = ask("GET", "/metrics");
        assertThat(sink.outcome()).isEqualTo("--running");
        elsewhere.remove().run();
        assertThat(sink.outcome()).startsWith("HTTP/1.1 200 OK\r\n");
    }

    @Test
    void hasNoBodyForHead() {
        assertThat(answer("HEAD", "/metrics")).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n--open");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/metrics/", "//metrics", "/Metrics", "/%6Detrics", "/metrics.txt"})
    void isAllThatThereIs(String target) {
        assertThat(answer("GET", target)).startsWith("HTTP/1.1 404 Not Found\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void takesNoOtherMethods(String method) {
        assertThat(answer(method, "/metrics"))
                .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
                .contains("\r\nAllow: GET, HEAD\r\n");
    }

    @Test
    void isAnErrorWhereItCannotBeTold() {
        workers.add(null);
        try (LogCapture log = new LogCapture()) {
            assertThat(answer("GET", "/metrics")).startsWith("HTTP/1.1 500 ");
            assertThat(log.lines()).anyMatch(line -> line.contains("cannot tell what was counted"));
        }
    }
}
