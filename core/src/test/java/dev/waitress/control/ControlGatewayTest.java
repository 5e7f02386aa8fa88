package dev.waitress.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Occupation;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerName;
import dev.waitress.exchange.Tally;
import dev.waitress.exchange.WorkerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlGatewayTest {
    private static final ServerName NAME = new ServerName("", false);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** No system gives a process this number. */
    private static final long NO_PID = Integer.MAX_VALUE;

    private final List<String> orders = new ArrayList<>();
    private final List<Consumer<Outcome>> waiting = new ArrayList<>();
    private final List<WorkerStatus> workers = new ArrayList<>();
    private final List<String> obstacles = new ArrayList<>();
    private final ControlGateway gateway =
            new ControlGateway(new Overseen(), new Noted(), Runnable::run, Runnable::run, () -> 125 * SECOND);

    private final class Overseen implements Front {
        @Override
        public Overview overview() {
            return new Overview(List.of("http://127.0.0.1:8080"), 3, obstacles);
        }

        @Override
        public Outcome stop() {
            orders.add("stop");
            return Outcome.done("the server ends");
        }
    }

    /** Notes what it is told; a test says what has become of it. */
    private final class Noted implements Operations {
        @Override
        public void reload(String reason, Consumer<Outcome> told) {
            note("reload: " + reason, told);
        }

        @Override
        public void addWorker(Consumer<Outcome> told) {
            note("add", told);
        }

        @Override
        public void removeWorker(Consumer<Outcome> told) {
            note("remove", told);
        }

        private void note(String order, Consumer<Outcome> told) {
            orders.add(order);
            waiting.add(told);
        }

        @Override
        public void inspect(boolean withStacks, Consumer<Inspection> told) {
            orders.add(withStacks ? "stacks" : "look");
            told.accept(new Inspection(workers, 5, Tally.Counts.NONE));
        }
    }

    private FakeSink ask(String method, String target) {
        Request request = Requests.parse(method + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
        FakeSink sink = new FakeSink(request.head(), NAME, false);
        gateway.submit(request, new Response(request, sink, NAME));
        return sink;
    }

    private static Occupation occupation(String thread, String request, String stack) {
        return new Occupation(thread, request, request.isEmpty() ? 0 : 12 * SECOND + SECOND / 4, stack);
    }

    private void worker(boolean isSilent, Occupation... occupations) {
        workers.add(new WorkerStatus(7, NO_PID, "serving", 3 * 3600 * SECOND, 41, 2, isSilent, List.of(occupations)));
    }

    private static String body(FakeSink sink) {
        String outcome = sink.outcome();
        assertThat(outcome)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nWaitress-Control: 1\r\n")
                .endsWith("--open");
        return outcome.substring(outcome.indexOf("\r\n\r\n") + 4, outcome.length() - "--open".length());
    }

    @Nested
    class Status {
        @Test
        void isToldToPrograms() {
            worker(false, occupation("waitress-1", "GET /\"report", ""));
            assertThat(body(ask("GET", "/status")))
                    .matches("\\{\"version\": \"\\S+\", \"pid\": \\d+, \"uptime\": 125\\.0, \"addresses\":"
                            + " \\[\"http://127\\.0\\.0\\.1:8080\"\\], \"ready\": true, \"reasons\": \\[\\],"
                            + " \"connections\": 3, \"waiting\": 5, \"memory\": \\d+, \"workers\": .*\n")
                    .contains("[{\"number\": 7, \"pid\": " + NO_PID + ", \"state\": \"serving\", \"age\": 10800.0,"
                            + " \"answered\": 41, \"memory\": null, \"waiting\": 2, \"running\":"
                            + " [{\"thread\": \"waitress-1\", \"request\": \"GET /\\\"report\", \"age\": 12.25}]}]}");
            assertThat(orders).containsExactly("look");
        }

        @Test
        void isToldToPeople() {
            worker(false, occupation("waitress-1", "GET /report", ""));
            obstacles.add("draining");
            assertThat(body(ask("GET", "/status.txt")).lines().map(line -> line.replaceAll(" +", " ")))
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .startsWith("waitress ")
                                    .endsWith(", up 2 min 5 s, not ready: draining"),
                            line -> assertThat(line).isEqualTo("http://127.0.0.1:8080"),
                            line -> assertThat(line).startsWith("connections 3, requests that wait 5, memory "),
                            line -> assertThat(line).isEmpty(),
                            line -> assertThat(line).startsWith("WORKER PID STATE"),
                            line -> assertThat(line).isEqualTo("7 " + NO_PID + " serving 3 h 0 min 41 - 1 2"),
                            line -> assertThat(line).isEqualTo(" waitress-1: GET /report, 12.2 s"));
        }
    }

    @Nested
    class Stacks {
        @Test
        void areToldToPrograms() {
            worker(true, occupation("waitress-1", "GET /report", "  File \"a.py\", line 1, in app\n"));
            assertThat(body(ask("GET", "/stacks")))
                    .isEqualTo("{\"workers\": [{\"number\": 7, \"pid\": " + NO_PID
                            + ", \"state\": \"serving\", \"silent\": true, \"threads\": [{\"thread\": \"waitress-1\","
                            + " \"request\": \"GET /report\", \"age\": 12.25,"
                            + " \"stack\": \"  File \\\"a.py\\\", line 1, in app\\u000a\"}]}]}\n");
            assertThat(orders).containsExactly("stacks");
        }

        @Test
        void areToldToPeople() {
            worker(
                    false,
                    occupation("waitress-1", "GET /report", "  File \"a.py\", line 1, in app\n    sleep(9)\n"),
                    occupation("MainThread", "", "  File \"b.py\", line 2, in main\n"));
            worker(true);
            assertThat(body(ask("GET", "/stacks.txt"))).isEqualTo("""
                    worker 2147483647 serving, runs 1 request
                      waitress-1: GET /report, 12.2 s
                        File "a.py", line 1, in app
                          sleep(9)
                      MainThread
                        File "b.py", line 2, in main
                    worker 2147483647 serving, runs no request, does not answer
                    """);
        }

        @Test
        void haveABound() {
            worker(false, occupation("waitress-1", "GET /report", "line\n".repeat(1000)));
            worker(false, occupation("waitress-1", "GET /report", "line\n".repeat(1000)));
            assertThat(StacksText.of(new Inspection(workers, 0, Tally.Counts.NONE), 500))
                    .startsWith("worker ")
                    .hasSizeLessThan(540)
                    .endsWith("\n[... more was cut off ...]\n");
        }
    }

    @Nested
    class Orders {
        @Test
        void areAnsweredWhenTheyAreCarriedOut() {
            FakeSink answer = ask("POST", "/reload");
            assertThat(orders).containsExactly("reload: waitress-serve ctl");
            assertThat(answer.outcome()).isEqualTo("--running");
            waiting.get(0).accept(Outcome.done("worker 7 serves"));
            assertThat(body(answer)).isEqualTo("{\"done\": true, \"message\": \"worker 7 serves\"}\n");
        }

        @Test
        void areRefused() {
            FakeSink answer = ask("POST", "/remove");
            waiting.get(0).accept(Outcome.refused("the last worker stays"));
            assertThat(answer.outcome())
                    .startsWith("HTTP/1.1 409 Conflict\r\n")
                    .endsWith("{\"done\": false, \"message\": \"the last worker stays\"}\n--open");
        }

        @Test
        void areAnsweredToPeople() {
            FakeSink answer = ask("POST", "/add.txt");
            waiting.get(0).accept(Outcome.done("one more worker, 3 from now on"));
            assertThat(body(answer)).isEqualTo("one more worker, 3 from now on\n");
        }

        @Test
        void endTheServer() {
            assertThat(body(ask("POST", "/stop.txt"))).isEqualTo("the server ends\n");
            assertThat(orders).containsExactly("stop");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/statu", "/status/", "/STATUS", "/txt", "/.txt", "/status.html", "/reload/now"})
    void knowsNothingElse(String path) {
        assertThat(ask("GET", path).outcome()).startsWith("HTTP/1.1 404 Not Found\r\n");
        assertThat(orders).isEmpty();
    }

    /** A page of a browser, or whoever follows links, must not end a server. */
    @ParameterizedTest
    @ValueSource(strings = {"/reload", "/add", "/remove", "/stop", "/stop.txt"})
    void ordersNothingForWhoeverOnlyLooks(String path) {
        assertThat(ask("GET", path).outcome())
                .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
                .contains("\r\nAllow: POST\r\n");
        assertThat(orders).isEmpty();
    }
}
