package dev.waitress.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ResponseObserver;
import dev.waitress.exchange.ServerName;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthGatewayTest {
    private static final ServerName NAME = new ServerName("", false);

    private final List<String> obstacles = new ArrayList<>();
    private final Application application = new Application();

    /** Notes which paths have reached it. */
    private static final class Application implements Gateway {
        private final List<String> paths = new ArrayList<>();

        @Override
        public void submit(Request request, Response response) {
            byte[] bytes = request.head().bytes();
            int start = request.head().targetStart();
            paths.add(new String(bytes, start, request.head().targetEnd() - start, StandardCharsets.US_ASCII));
        }

        @Override
        public void close(Duration within) {}
    }

    private static Request request(String method, String target) {
        return Requests.parse(method + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    private String answer(String method, String target) {
        return answer(Settings.defaults(), application, request(method, target));
    }

    private String answer(Settings settings, Gateway next, Request request) {
        FakeSink sink = new FakeSink(request.head(), NAME, false);
        new HealthGateway(new Probes(settings), () -> obstacles, next)
                .submit(request, new Response(request, sink, NAME));
        return sink.outcome();
    }

    @Nested
    class Live {
        @Test
        void isToldInAnAnswerThatNobodyKeeps() {
            assertThat(answer("GET", "/-/live"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\r\nCache-Control: no-store\r\n", "\r\nContent-Type: application/json\r\n")
                    .endsWith("\r\n\r\n{\"live\": true}\n--open");
        }

        @Test
        void isToldWhateverIsNotReady() {
            obstacles.add("draining");
            assertThat(answer("GET", "/-/live")).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Nested
    class Ready {
        @Test
        void isToldWhereNothingIsInTheWay() {
            assertThat(answer("GET", "/-/ready"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\n{\"ready\": true, \"reasons\": []}\n--open");
        }

        @Test
        void isDeniedWithTheReasons() {
            obstacles.add("no worker serves");
            obstacles.add("\"a\\b\"");
            assertThat(answer("GET", "/-/ready"))
                    .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                    .contains("\r\nCache-Control: no-store\r\n")
                    .endsWith("{\"ready\": false, \"reasons\": [\"no worker serves\", \"\\\"a\\\\b\\\"\"]}\n--open");
        }

        @Test
        void isToldWithoutABodyToHead() {
            assertThat(answer("HEAD", "/-/ready"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\r\nContent-Length: 31\r\n")
                    .endsWith("\r\n\r\n--open");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void allowsNoOtherMethods(String method) {
        assertThat(answer(method, "/-/ready"))
                .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
                .contains("\r\nAllow: GET, HEAD\r\n", "\r\nContent-Length: 0\r\n");
        assertThat(application.paths).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/-/live?", "/-/live?at=1", "http://a/-/live", "https://other:1/-/live?x"})
    void answersWhateverStandsAroundThePath(String target) {
        assertThat(answer("GET", target)).endsWith("{\"live\": true}\n--open");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/-",
                "/-/",
                "/-/liv",
                "/-/lively",
                "/-/live/",
                "/-/Live",
                "/-/live;v=1",
                "//-/live",
                "/-//live",
                "/./-/live",
                "/%2D/live",
                "/-/l%69ve",
                "/-%2Flive",
                "/app/-/live",
                "/?/-/live",
                "http://a",
                "http://a//-/live",
            })
    void leavesEveryOtherPathToTheApplication(String target) {
        assertThat(answer("GET", target)).isEqualTo("--running");
        assertThat(application.paths).containsExactly(target);
    }

    @Test
    void findsThePathsWhereTheSettingsPutThem() {
        Settings settings = Settings.defaults().with(Setting.HEALTH_PATH, "/health/");
        assertThat(answer(settings, application, request("GET", "/health/live")))
                .startsWith("HTTP/1.1 200 OK");
        Settings atRoot = Settings.defaults().with(Setting.HEALTH_PATH, "/");
        assertThat(answer(atRoot, application, request("GET", "/live"))).startsWith("HTTP/1.1 200 OK");
    }

    @Test
    void mayHaveNothingBehindIt() {
        assertThat(answer(Settings.defaults(), new NothingElse(), request("GET", "/")))
                .startsWith("HTTP/1.1 404 Not Found\r\n")
                .contains("\r\nContent-Length: 0\r\n");
    }

    @Test
    void isNotObserved() {
        List<Request> seen = new ArrayList<>();
        RequestObserver observer = new ExceptProbes(new Probes(Settings.defaults()), request -> {
            seen.add(request);
            return response -> {};
        });
        assertThat(observer.accepted(request("GET", "/-/live"))).isSameAs(ResponseObserver.NONE);
        assertThat(observer.accepted(request("GET", "/-/ready?x"))).isSameAs(ResponseObserver.NONE);
        Request other = request("GET", "/");
        assertThat(observer.accepted(other)).isNotSameAs(ResponseObserver.NONE);
        assertThat(seen).containsExactly(other);
    }
}
