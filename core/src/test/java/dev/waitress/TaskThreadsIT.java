package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.Client;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Header;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads that run Java applications, and the order in which they take requests. */
@Timeout(60)
class TaskThreadsIT {
    /** Paths of the requests, in the order in which they began. */
    private final List<String> begun = new CopyOnWriteArrayList<>();

    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final LogCapture log = new LogCapture();

    /** Names its thread; a request for {@code /hang} waits. */
    private final Application application = (environ, startResponse) -> {
        String path = String.valueOf(environ.get("PATH_INFO"));
        begun.add(path);
        if (path.equals("/hang")) {
            hanging.countDown();
            released.await();
        }
        Thread thread = Thread.currentThread();
        byte[] body = (thread.getName() + (thread.isDaemon() ? " daemon" : "")).getBytes(StandardCharsets.US_ASCII);
        startResponse.start("200 OK", List.of(new Header("Content-Length", String.valueOf(body.length))));
        return List.of(body);
    };

    @AfterEach
    void stopCapture() {
        log.close();
    }

    private Server serve(long threads) throws IOException, InterruptedException {
        return Waitress.start(
                application,
                Settings.defaults()
                        .with(Setting.LISTEN, List.of("127.0.0.1:0"))
                        .with(Setting.THREADS, threads)
                        .with(Setting.SHUTDOWN_TIMEOUT, 0L));
    }

    private Client hang(Server server) throws IOException, InterruptedException {
        Client client = new Client(server).ask("/hang");
        hanging.await();
        return client;
    }

    @Test
    void areNumberedDaemons() throws Exception {
        try (Server server = serve(1);
                Client client = new Client(server).ask("/")) {
            assertThat(client.body()).isEqualTo("waitress-0 daemon");
        }
    }

    @Test
    void takeRequestsInTheirOrderButOneOfEachClient() throws Exception {
        try (Server server = serve(1);
                Client first = hang(server);
                Client greedy = new Client(server).ask("/greedy/1")) {
            awaitQueueDepth(1);
            greedy.ask("/greedy/2").ask("/greedy/3");
            try (Client modest = new Client(server).ask("/modest")) {
                awaitQueueDepth(2);
                released.countDown();
                first.body();
                modest.body();
                for (int i = 0; i < 3; i++) {
                    greedy.body();
                }
            }
            assertThat(begun).startsWith("/hang", "/greedy/1", "/modest").endsWith("/greedy/2", "/greedy/3");
            assertThat(log.lines()).containsOnlyOnce(queueDepth(2)).doesNotContain(queueDepth(3));
        }
    }

    @Test
    void areNotLostToOneThatHangs() throws Exception {
        try (Server server = serve(2);
                Client hung = hang(server);
                Client client = new Client(server)) {
            String other = client.ask("/").body();
            for (int i = 0; i < 10; i++) {
                assertThat(client.ask("/").body()).isEqualTo(other);
            }
            released.countDown();
            assertThat(hung.body()).isNotEqualTo(other).startsWith("waitress-");
        }
    }

    private void awaitQueueDepth(int depth) {
        while (!log.lines().contains(queueDepth(depth))) {
            Thread.onSpinWait();
        }
    }

    private static String queueDepth(int depth) {
        return "WARNING:waitress.queue:Task queue depth is " + depth;
    }
}
