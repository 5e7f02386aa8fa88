package dev.waitress.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.ClientCounts;
import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerName;
import dev.waitress.exchange.Tally;
import dev.waitress.loop.Timers;
import dev.waitress.meter.Meter;
import dev.waitress.otlp.SpanCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminGatewayTest {
    private static final ServerName NAME = new ServerName("", false);

    private final List<String> orders = new ArrayList<>();
    private Outcome outcome = Outcome.done("it is done");

    private final class Noted implements Operations {
        @Override
        public void reload(String reason, Consumer<Outcome> told) {
            orders.add("reload: " + reason);
            told.accept(outcome);
        }

        @Override
        public void addWorker(Consumer<Outcome> told) {
            orders.add("add");
            told.accept(outcome);
        }

        @Override
        public void removeWorker(Consumer<Outcome> told) {
            orders.add("remove");
            told.accept(outcome);
        }

        @Override
        public void inspect(boolean withStacks, Consumer<Inspection> told) {
            told.accept(new Inspection(List.of(), 0, Tally.Counts.NONE));
        }
    }

    /** Time stands still. */
    private static final class Still implements Timers {
        @Override
        public long nowNanos() {
            return 0;
        }

        @Override
        public void schedule(long delayNanos, Runnable action) {}
    }

    private String answer(boolean takesOrders, String request) {
        FrontFacts front = new FrontFacts(List.of(), 0, 0, List.of(), ClientCounts.NONE, 0, 0, 0, 0, SpanCounts.NONE);
        Sources sources = new Sources(new Traffic(() -> 0), () -> front, new Noted(), () -> 0, 1, Meter.NONE);
        Guard guard = new Guard(true, Set.of(), "", takesOrders);
        Request parsed = Requests.parse(request);
        FakeSink sink = new FakeSink(parsed.head(), NAME, false);
        new AdminGateway(sources, guard, Runnable::run, new Still(), Runnable::run)
                .submit(parsed, new Response(parsed, sink, NAME));
        return sink.outcome();
    }

    private String get(String target) {
        return answer(false, "GET " + target + " HTTP/1.1\r\nHost: localhost:9100\r\n\r\n");
    }

    private String order(String name, String... fields) {
        String more = String.join("\r\n", fields) + (fields.length == 0 ? "" : "\r\n");
        return answer(
                true,
                "POST /" + name + " HTTP/1.1\r\nHost: localhost:9100\r\nX-Waitress-Order: " + name + "\r\n" + more
                        + "\r\n");
    }

    @Test
    void hasMetricsAPageAndEvents() {
        assertThat(get("/metrics")).contains("\nwaitress_ready 1\n");
        assertThat(get("/")).contains("<!DOCTYPE html>");
        assertThat(get("/events"))
                .contains("\r\nContent-Type: text/event-stream\r\n")
                .contains("data: {\"version\"");
        assertThat(get("/favicon.ico")).startsWith("HTTP/1.1 404 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/events", "/metrics"})
    void isNotForWhomItIsNotMeant(String target) {
        assertThat(answer(true, "GET " + target + " HTTP/1.1\r\nHost: evil.example:9100\r\n\r\n"))
                .startsWith("HTTP/1.1 421 Misdirected Request\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/events"})
    void isOnlyLookedAt(String target) {
        assertThat(answer(true, "POST " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 405 Method Not Allowed\r\n");
    }

    @Nested
    class AnOrder {
        @ParameterizedTest
        @ValueSource(strings = {"reload", "add", "remove"})
        void isCarriedOut(String name) {
            assertThat(order(name, "Origin: http://localhost:9100"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("{\"done\": true, \"message\": \"it is done\"}\n--open");
            assertThat(orders).singleElement().asString().startsWith(name);
        }

        @Test
        void mayBeRefusedByTheServer() {
            outcome = Outcome.refused("the last worker stays");
            assertThat(order("remove")).startsWith("HTTP/1.1 409 Conflict\r\n").contains("the last worker stays");
        }

        @ParameterizedTest
        @ValueSource(strings = {"reload", "add", "remove"})
        void isNotThereUnlessItIsWanted(String name) {
            assertThat(answer(
                            false,
                            "POST /" + name + " HTTP/1.1\r\nHost: localhost\r\nX-Waitress-Order: " + name + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 404 ");
            assertThat(orders).isEmpty();
        }

        @Test
        void isNoneThatALinkGives() {
            assertThat(answer(true, "GET /reload HTTP/1.1\r\nHost: localhost\r\nX-Waitress-Order: reload\r\n\r\n"))
                    .startsWith("HTTP/1.1 405 ")
                    .contains("\r\nAllow: POST\r\n");
            assertThat(orders).isEmpty();
        }

        @Test
        void isNoneThatAnotherPageGives() {
            assertThat(order("reload", "Origin: http://evil.example")).startsWith("HTTP/1.1 403 ");
            assertThat(answer(true, "POST /reload HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .as("as a form does")
                    .startsWith("HTTP/1.1 403 ");
            assertThat(orders).isEmpty();
        }
    }
}
