package dev.waitress.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerAnswer;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.Ascii;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import dev.waitress.metrics.RecentFailures.Failure;
import org.junit.jupiter.api.Test;

class RecentFailuresTest {
    private static final ServerName NAME = new ServerName("", false);

    private final RecentFailures failures = new RecentFailures();

    private long nowNanos;

    /** One whose end is noted. */
    private Response response() {
        Request request = Requests.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Response response = new Response(request, new FakeSink(request.head(), NAME, false), NAME);
        response.observedBy(end -> failures.note(end, nowNanos));
        response.producedBy(new Producer() {
            @Override
            public void drained(long bytes) {}

            @Override
            public void clientGone() {}

            @Override
            public String line() {
                return "GET /shop";
            }
        });
        return response;
    }

    @Test
    void areThoseOfTheApplication() {
        nowNanos = 5;
        response().fail("ValueError: 1");
        assertThat(failures.all(7)).containsExactly(new Failure(1, 2, 500, "GET /shop", "ValueError: 1"));
    }

    @Test
    void areThoseThatHaveBegunToo() {
        Response failed = response();
        ResponseHead head = new ResponseHead();
        byte[] line = Ascii.bytes("200 OK");
        head.start(line, 0, line.length);
        failed.start(head, 5);
        failed.fail("ValueError: 1");
        assertThat(failures.all(0)).extracting(Failure::status).containsExactly(0);
    }

    @Test
    void areThoseOfLostWorkersAndOfTimeouts() {
        response().refuse(Status.BAD_GATEWAY, "lost");
        response().expire();
        assertThat(failures.all(0))
                .extracting(Failure::status)
                .as("the last one first")
                .containsExactly(504, 502);
    }

    @Test
    void areNoOrderlyAnswers() {
        ServerAnswer.NOT_FOUND.sendTo(response());
        response().postpone();
        response().clientGone();
        Response leftBeforeItFailed = response();
        leftBeforeItFailed.clientGone();
        leftBeforeItFailed.fail("nobody reads it");
        assertThat(failures.all(0)).isEmpty();
    }

    @Test
    void areAFewAndNoneIsLong() {
        for (int i = 0; i < 100; i++) {
            response().fail("x".repeat(100_000) + i);
        }
        assertThat(failures.all(0))
                .hasSize(20)
                .allSatisfy(each ->
                        assertThat(each.traceback()).hasSizeLessThan(8300).startsWith("[...]xx"));
        assertThat(failures.all(0).get(0).traceback()).endsWith("x99");
    }
}
