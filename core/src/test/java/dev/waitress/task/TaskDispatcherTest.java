package dev.waitress.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.buffer.Segment;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestId;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ResponseSink;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.BodyLength;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.FakeLoop;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.FileWrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Task threads behind a loop that does at once what it is asked to, on the thread that asks. */
@Timeout(60)
class TaskDispatcherTest {
    private static final Settings ONE_THREAD = Settings.defaults().with(Setting.THREADS, 1L);

    @TempDir
    Path directory;

    /** A client that asks again in the very moment in which it has its answer. */
    private static final class EagerClient implements ResponseSink {
        private static final int REQUESTS = 3;

        private final TaskDispatcher dispatcher;
        private final String path;
        private final CountDownLatch answers = new CountDownLatch(REQUESTS);

        EagerClient(TaskDispatcher dispatcher, String path) {
            this.dispatcher = dispatcher;
            this.path = path;
        }

        void ask() {
            Request request = Requests.parse("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
            dispatcher.submit(request, new Response(request, this, new ServerName("waitress", false)));
        }

        @Override
        public void hints(ResponseHead hints) {}

        @Override
        public boolean head(ResponseHead head, BodyLength body) {
            return true;
        }

        @Override
        public void body(byte[] bytes, int offset, int length) {}

        @Override
        public void body(Segment segment) {
            segment.discard();
        }

        @Override
        public void end(boolean complete) {
            answers.countDown();
            if (answers.getCount() > 0) {
                ask();
            }
        }

        @Override
        public void cut() {
            throw new AssertionError("cut");
        }

        @Override
        public int error(Status status, String text, RequestId id) {
            end(true);
            return 0;
        }
    }

    private Application application() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "text");
        return (environ, startResponse) -> {
            startResponse.start("200 OK", List.of());
            return switch (String.valueOf(environ.get("PATH_INFO"))) {
                case "/block" -> List.of(new byte[10]);
                case "/blocks" -> List.of(new byte[10], new byte[10]);
                case "/file" -> FileWrapper.of(file);
                default -> throw new IllegalStateException("as asked for");
            };
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"/block", "/blocks", "/file", "/failure"})
    void aThreadThatHasAnsweredIsIdle(String path) throws Exception {
        TaskDispatcher dispatcher = new TaskDispatcher(application(), ONE_THREAD, Runnable::run, new FakeLoop(1, 1));
        try (LogCapture log = new LogCapture()) {
            EagerClient client = new EagerClient(dispatcher, path);
            client.ask();
            client.answers.await();
            assertThat(log.lines()).noneMatch(line -> line.contains("Task queue depth"));
        } finally {
            dispatcher.close(Duration.ZERO);
        }
    }
}
