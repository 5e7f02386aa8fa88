package dev.waitress.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Refusal;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestId;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerAnswer;
import dev.waitress.exchange.ServerEnd;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.Rejection;
import dev.waitress.http.Rule;
import dev.waitress.http.Status;
import dev.waitress.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final ServerName NAME = new ServerName("", false);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final ManualClock clock = new ManualClock();
    private final Traffic traffic = new Traffic(clock::nanos);

    /** A request whose head has taken 2 ms. */
    private Response accept(String method) {
        Request request = Requests.parse(method + " / HTTP/1.1\r\nHost: a\r\n\r\n")
                .arrived(clock.nanos() - 2 * MILLI, clock.nanos());
        Response response = new Response(request, new FakeSink(request.head(), NAME, false), NAME);
        response.observedBy(traffic.accepted(request));
        return response;
    }

    private void begin(Response response) {
        long begun = clock.nanos();
        response.producedBy(new Producer() {
            @Override
            public void drained(long bytes) {}

            @Override
            public void clientGone() {}

            @Override
            public long begunNanos() {
                return begun;
            }
        });
    }

    private long requests(Method method, StatusClass status) {
        return traffic.counts().requests(method, status);
    }

    private static long all(RequestCounts counts) {
        return Arrays.stream(Method.values())
                .flatMapToLong(method ->
                        Arrays.stream(StatusClass.values()).mapToLong(status -> counts.requests(method, status)))
                .sum();
    }

    private static double sum(Histogram histogram) {
        return histogram.sum();
    }

    @Nested
    class OfAnswers {
        @Test
        void isCountedByMethodAndStatus() {
            ServerAnswer.json("200 OK", "{}").sendTo(accept("GET"));
            ServerAnswer.NOT_FOUND.sendTo(accept("BREW"));
            ServerAnswer.NOT_FOUND.sendTo(accept("BREW"));
            assertThat(requests(Method.GET, StatusClass.SUCCESSFUL)).isEqualTo(1);
            assertThat(requests(Method.OTHER, StatusClass.CLIENT_ERROR)).isEqualTo(2);
            assertThat(all(traffic.counts())).isEqualTo(3);
            assertThat(sum(traffic.counts().responseBodies)).isEqualTo(2);
        }

        @Test
        void isActiveUntilTheyEnd() {
            Response response = accept("GET");
            assertThat(traffic.counts().active).isEqualTo(1);
            assertThat(all(traffic.counts())).isZero();
            ServerAnswer.NOT_FOUND.sendTo(response);
            assertThat(traffic.counts().active).isZero();
        }

        @Test
        void isTimedPhaseByPhase() {
            Response response = accept("GET");
            clock.pass(4 * MILLI);
            begin(response);
            clock.pass(8 * MILLI);
            ServerAnswer.NOT_FOUND.sendTo(response);
            clock.pass(16 * MILLI);
            response.left();
            RequestCounts counts = traffic.counts();
            assertThat(sum(counts.queue)).isEqualTo(0.004);
            assertThat(sum(counts.application)).isEqualTo(0.008);
            assertThat(sum(counts.sending)).isEqualTo(0.016);
            assertThat(sum(counts.durations(StatusClass.CLIENT_ERROR)))
                    .as("with the time in which the request came")
                    .isEqualTo(0.014);
        }

        /** A worker that dies gives it back, and the next one begins it later: the last one counts. */
        @Test
        void hasNoPhasesWhereNobodyHasBegun() {
            accept("GET").postpone();
            RequestCounts counts = traffic.counts();
            assertThat(counts.queue.count(0)).isZero();
            assertThat(counts.application.count(0)).isZero();
            assertThat(counts.durations(StatusClass.SERVER_ERROR).sum()).isEqualTo(0.002);
        }

        @Test
        void isNoStatusWhereTheClientHasLeft() {
            accept("POST").clientGone();
            assertThat(requests(Method.POST, StatusClass.NONE)).isEqualTo(1);
            assertThat(traffic.counts().incomplete).isEqualTo(1);
            assertThat(traffic.counts().active).isZero();
        }

        @Test
        void tellsThoseInTheServersName() {
            accept("GET").refuse(Status.BAD_GATEWAY, "lost");
            accept("GET").postpone();
            accept("GET").expire();
            ServerAnswer.json("503 Mine", "{}").sendTo(accept("GET"));
            RequestCounts counts = traffic.counts();
            assertThat(counts.own(Status.BAD_GATEWAY)).isEqualTo(1);
            assertThat(counts.own(Status.SERVICE_UNAVAILABLE))
                    .as("not what an application says itself")
                    .isEqualTo(1);
            assertThat(counts.own(Status.GATEWAY_TIMEOUT)).isEqualTo(1);
            assertThat(requests(Method.GET, StatusClass.SERVER_ERROR)).isEqualTo(4);
        }
    }

    @Test
    void ofRefusalsIsCountedByTheRule() {
        byte[] line = "GET http://[ HTTP/1.1".getBytes(StandardCharsets.ISO_8859_1);
        Peer peer = new Peer("10.0.0.1", "5555", new ServerEnd("http", "80"));
        Rejection rejection = new Rejection(Rule.TARGET, "Bad URI", 1, false);
        traffic.refused(new Refusal(peer, line, clock.nanos() - MILLI, rejection, 50, RequestId.NONE));
        RequestCounts counts = traffic.counts();
        assertThat(counts.refused(Rule.TARGET)).isEqualTo(1);
        assertThat(requests(Method.GET, StatusClass.CLIENT_ERROR)).isEqualTo(1);
        assertThat(sum(counts.responseBodies)).isEqualTo(50);
        assertThat(sum(counts.durations(StatusClass.CLIENT_ERROR))).isEqualTo(0.001);
    }

    /** A scrape is written while the loop goes on. */
    @Test
    void isNotChangedInWhatWasTaken() {
        RequestCounts taken = traffic.counts();
        ServerAnswer.NOT_FOUND.sendTo(accept("GET"));
        assertThat(all(taken)).isZero();
        assertThat(taken.requestBodies.count(0)).isZero();
    }
}
