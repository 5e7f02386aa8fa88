package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.http.Status;
import dev.waitress.loop.EventLoop;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.Client;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults of the server itself, here of its gateway: they cost one connection at most. */
@Timeout(60)
class InternalErrorsIT {
    private static final String CLOSING = "SEVERE:waitress:uncaptured exception, closing channel 127.0.0.1";
    private static final String UNCAUGHT = "SEVERE:waitress:uncaught exception on the event loop";

    private final LogCapture log = new LogCapture();

    @AfterEach
    void stopCapture() {
        log.close();
    }

    /** Fails as often as there are failures, then answers. */
    private static final class Failing implements Gateway {
        private final EventLoop loop;
        private final boolean later;
        private final Queue<Throwable> failures;

        Failing(EventLoop loop, boolean later, Throwable failure) {
            this.loop = loop;
            this.later = later;
            this.failures = new ArrayDeque<>(List.of(failure));
        }

        @Override
        public void submit(Request request, Response response) {
            Throwable failure = failures.poll();
            if (later) {
                loop.execute(() -> fail(failure));
            } else {
                fail(failure);
            }
            response.refuse(Status.BAD_GATEWAY, "no application");
        }

        private static void fail(Throwable failure) {
            if (failure instanceof RuntimeException fault) {
                throw fault;
            }
            if (failure instanceof Error error) {
                throw error;
            }
        }

        @Override
        public void close(Duration within) {}
    }

    private Server serve(boolean later, Throwable failure) throws IOException, InterruptedException {
        Settings settings = Settings.defaults().with(Setting.LISTEN, List.of("127.0.0.1:0"));
        return Server.start(settings, (loop, directory) -> new Failing(loop, later, failure));
    }

    private static Throwable failure(String kind) {
        return kind.equals("fault") ? new IllegalStateException("a fault") : new StackOverflowError("said so");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fault", "error"})
    void closeTheChannelAndTheServerGoesOn(String kind) throws Exception {
        try (Server server = serve(false, failure(kind));
                Client client = new Client(server).ask("/");
                Client another = new Client(server)) {
            assertThat(client.isClosed()).isTrue();
            assertThat(another.ask("/").body()).contains("no application");
            assertThat(log.lines()).containsExactly(CLOSING);
            assertThat(log.thrown()).isInstanceOf(failure(kind).getClass());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fault", "error"})
    void doNotEndTheLoop(String kind) throws Exception {
        try (Server server = serve(true, failure(kind))) {
            for (int i = 0; i < 2; i++) {
                try (Client client = new Client(server).ask("/")) {
                    assertThat(client.body()).contains("no application");
                }
            }
            assertThat(log.lines()).containsExactly(UNCAUGHT);
        }
    }
}
