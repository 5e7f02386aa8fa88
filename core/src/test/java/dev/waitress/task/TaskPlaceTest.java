package dev.waitress.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ResponseEnd;
import dev.waitress.exchange.ResponseObserver;
import dev.waitress.exchange.ServerName;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.FakeLoop;
import dev.waitress.wsgi.Application;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where the code of a Java application is, for whoever asks while it runs. */
@Timeout(60)
class TaskPlaceTest {
    private static final ServerName NAME = new ServerName("waitress", false);

    private final BlockingQueue<Runnable> asked = new LinkedBlockingQueue<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final List<String> told = new ArrayList<>();
    private final List<Producer> producers = new ArrayList<>();

    private final Application application = (environ, startResponse) -> {
        begun.countDown();
        goOn.await();
        startResponse.start("200 OK", List.of());
        return List.of();
    };

    private final TaskDispatcher dispatcher =
            new TaskDispatcher(application, Settings.ofText(Map.of("threads", "1")), asked::add, new FakeLoop(1, 1));

    @AfterEach
    void stop() {
        goOn.countDown();
        dispatcher.close(Duration.ZERO);
    }

    private final class Watching implements ResponseObserver {
        @Override
        public void producedBy(Producer producer) {
            producers.add(producer);
        }

        @Override
        public void ended(ResponseEnd end) {}
    }

    @Test
    void isToldAsLongAsItRuns() throws InterruptedException {
        Request request = Requests.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Response response = new Response(request, new FakeSink(request.head(), NAME, false), NAME);
        response.observedBy(new Watching());
        dispatcher.submit(request, response);
        while (producers.isEmpty()) {
            asked.take().run();
        }
        begun.await();
        producers.get(0).locate(told::add);
        assertThat(told).hasSize(1);
        assertThat(told.get(0)).startsWith("\tat ").contains("TaskPlaceTest.lambda");
        goOn.countDown();
        while (!response.hasEnded()) {
            asked.take().run();
        }
        producers.get(0).locate(told::add);
        assertThat(told).hasSize(2).endsWith("");
    }
}
