package dev.waitress.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import dev.waitress.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlowRequestsTest {
    private static final ServerName NAME = new ServerName("waitress", false);
    private static final String TITLE = "WARNING:waitress:slow request: GET /a?b=c: ";

    private final LogCapture log = new LogCapture();
    private final ManualClock clock = new ManualClock();
    private final SlowRequests slow = new SlowRequests(TimeUnit.SECONDS.toNanos(1), clock::nanos);

    @AfterEach
    void closeLog() {
        log.close();
    }

    /** A worker that has begun a request when it was made. */
    private final class Worker implements Producer {
        private final long begunNanos = clock.nanos();
        private final List<Consumer<String>> asked = new ArrayList<>();

        @Override
        public void drained(long bytes) {}

        @Override
        public void clientGone() {}

        @Override
        public String name() {
            return "1/4711";
        }

        @Override
        public long begunNanos() {
            return begunNanos;
        }

        @Override
        public void locate(Consumer<String> told) {
            asked.add(told);
        }
    }

    private void passMillis(long millis) {
        clock.pass(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private Response accepted(long receivedMillis) {
        long firstByte = clock.nanos();
        passMillis(receivedMillis);
        Request request =
                Requests.parse("GET /a?b=c HTTP/1.1\r\nHost: a\r\n\r\n").arrived(firstByte, clock.nanos());
        Response response = new Response(request, new FakeSink(request.head(), NAME, false), NAME);
        response.observedBy(slow.accepted(request));
        return response;
    }

    private static void answer(Response response) {
        ResponseHead head = new ResponseHead();
        byte[] status = "200 OK".getBytes(StandardCharsets.ISO_8859_1);
        head.start(status, 0, status.length);
        response.send(head, new byte[] {'a'}, 0, 1);
    }

    @Test
    void tellsOfThePhasesWhenTheAnswerHasLeft() {
        Response response = accepted(1);
        passMillis(20);
        response.producedBy(new Worker());
        passMillis(1300);
        answer(response);
        passMillis(4);
        assertThat(log.lines()).isEmpty();
        response.left();
        assertThat(log.lines())
                .containsExactly(TITLE
                        + "200 after 1.325 s: receive 0.001, queue 0.020, application 1.300, send 0.004, by 1/4711");
    }

    @Test
    void isSilentAboutAQuickOne() {
        Response response = accepted(1);
        response.producedBy(new Worker());
        passMillis(998);
        answer(response);
        response.left();
        passMillis(5000);
        slow.tick(clock.nanos());
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void asksWhereItIsOnceItHasRunForLongAndNotBefore() {
        Response response = accepted(1);
        passMillis(900);
        Worker worker = new Worker();
        response.producedBy(worker);
        passMillis(900);
        slow.tick(clock.nanos());
        assertThat(worker.asked).isEmpty();
        passMillis(100);
        slow.tick(clock.nanos());
        slow.tick(clock.nanos());
        assertThat(worker.asked).hasSize(1);
        worker.asked.get(0).accept("  File \"a.py\", line 1, in a\n");
        slow.tick(clock.nanos());
        assertThat(worker.asked).hasSize(1);
        passMillis(500);
        answer(response);
        response.left();
        assertThat(log.lines()).hasSize(1);
        assertThat(log.lines().get(0)).endsWith(", which was here after 1.000 s:\n  File \"a.py\", line 1, in a");
    }

    @Test
    void asksAgainWhereNoThreadHadIt() {
        Response response = accepted(1);
        Worker worker = new Worker();
        response.producedBy(worker);
        passMillis(1000);
        slow.tick(clock.nanos());
        worker.asked.get(0).accept("");
        slow.tick(clock.nanos());
        assertThat(worker.asked).hasSize(2);
    }

    @Test
    void asksTheSuccessorOfAWorkerThatDied() {
        Response response = accepted(1);
        response.producedBy(new Worker());
        passMillis(1000);
        slow.tick(clock.nanos());
        Worker successor = new Worker();
        response.producedBy(successor);
        passMillis(1000);
        slow.tick(clock.nanos());
        assertThat(successor.asked).hasSize(1);
    }

    @Test
    void tellsApartWhatItsClientMadeSlow() {
        Response response = accepted(1200);
        response.producedBy(new Worker());
        answer(response);
        response.left();
        assertThat(log.lines().get(0))
                .startsWith("WARNING:waitress:slow client: GET /a?b=c: 200 after 1.200 s: receive 1.200,");
    }

    @Test
    void waitsForNoClientForEver() {
        Response response = accepted(1);
        response.producedBy(new Worker());
        answer(response);
        passMillis(999);
        slow.tick(clock.nanos());
        assertThat(log.lines()).isEmpty();
        passMillis(1);
        slow.tick(clock.nanos());
        slow.tick(clock.nanos());
        assertThat(log.lines()).hasSize(1);
        assertThat(log.lines().get(0))
                .startsWith("WARNING:waitress:slow client: ")
                .contains(", send 1.000,");
    }

    @Test
    void tellsOfOneThatNobodyAnswered() {
        Response response = accepted(1);
        passMillis(1500);
        response.clientGone();
        assertThat(log.lines())
                .containsExactly(
                        TITLE + "no answer after 1.501 s: receive 0.001, queue 1.500, application 0.000, send 0.000");
    }

    @Test
    void tellsOfOneThatTheServerAnswered() {
        Response response = accepted(1);
        response.producedBy(new Worker());
        passMillis(1500);
        response.refuse(Status.GATEWAY_TIMEOUT, "");
        response.left();
        assertThat(log.lines()).hasSize(1);
        assertThat(log.lines().get(0)).startsWith(TITLE + "504 after 1.501 s: ");
    }
}
