package dev.waitress.task;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.waitress.LogCapture;
import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerName;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.FakeLoop;
import dev.waitress.wsgi.Application;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Java application that takes longer for a request than it may. */
@Timeout(60)
class TaskLimitTest {
    private static final ServerName NAME = new ServerName("waitress", false);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long LATEST = SECOND + 2 * SECOND / 40;
    private static final String TIMEOUT = "HTTP/1.1 504 Gateway Timeout";

    private final FakeLoop loop = new FakeLoop(1, 1);
    private final Queue<Runnable> asked = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final CountDownLatch never = new CountDownLatch(1);

    private final Application application = (environ, startResponse) -> {
        events.add("deadline in a second " + isInASecond(environ.getOrDefault("waitress.deadline", 0.0)));
        if ("/hang".equals(environ.get("PATH_INFO"))) {
            try {
                never.await();
            } catch (InterruptedException e) {
                events.add("interrupted");
                throw e;
            }
        }
        startResponse.start("200 OK", List.of());
        return List.of();
    };

    private final TaskDispatcher dispatcher = new TaskDispatcher(
            application,
            Settings.ofText(Map.of("threads", "1", "request_timeout", "1", "request_timeout_stacks", "all")),
            asked::add,
            loop);

    private static boolean isInASecond(Object deadline) {
        double left = (Double) deadline - System.currentTimeMillis() / 1000.0;
        return left > 0 && left <= 1;
    }

    @AfterEach
    void stop() {
        dispatcher.close(Duration.ZERO);
    }

    private FakeSink ask(String path) {
        Request request = Requests.parse("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        FakeSink sink = new FakeSink(request.head(), NAME, false);
        dispatcher.submit(request, new Response(request, sink, NAME));
        return sink;
    }

    private void awaitAnswer(FakeSink sink) {
        while (sink.outcome().endsWith("running")) {
            Runnable next = asked.poll();
            if (next != null) {
                next.run();
            }
        }
    }

    @Test
    void isAnswered504AndInterrupted() throws InterruptedException {
        try (LogCapture log = new LogCapture()) {
            FakeSink hangs = ask("/hang");
            assertThat(events.take()).isEqualTo("deadline in a second true");
            FakeSink waits = ask("/wait");
            loop.pass(SECOND);
            assertThat(hangs.outcome()).isEqualTo("--running");
            loop.pass(LATEST - SECOND);
            assertThat(hangs.outcome()).startsWith(TIMEOUT);
            assertThat(log.lines())
                    .contains(
                            "WARNING:waitress:waitress-0: GET /hang has run for more than 1 s (request_timeout): answered with 504");
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("WARNING:waitress:waitress-0 runs GET /hang here:\n\tat "))
                    .singleElement(as(STRING))
                    .contains("TaskLimitTest.lambda", "\nThread main:\n\tat ");
            assertThat(events.take()).isEqualTo("interrupted");
            assertThat(events.take()).isEqualTo("deadline in a second true");
            awaitAnswer(waits);
            assertThat(waits.outcome()).startsWith("HTTP/1.1 200 OK");
        }
    }

    @Test
    void doesNotConcernThoseThatTakeTurns() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            FakeSink quick = ask("/quick");
            assertThat(events.take()).isEqualTo("deadline in a second true");
            awaitAnswer(quick);
            loop.pass(SECOND);
            assertThat(quick.outcome()).startsWith("HTTP/1.1 200 OK");
        }
        assertThat(events).isEmpty();
    }
}
