package dev.waitress.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.Ascii;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.FakeLoop;
import dev.waitress.wsgi.Application;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Responses of a Java application that come piece by piece, and a page that is asked for meanwhile. */
@Timeout(60)
class TaskStreamsTest {
    private static final ServerName NAME = new ServerName("waitress", false);

    private final FakeLoop loop = new FakeLoop(1, 1);
    /** What threads ask of the loop. */
    private final Queue<Runnable> asked = new ConcurrentLinkedQueue<>();
    /** Streams that have sent their first block, and wait. */
    private final Semaphore begun = new Semaphore(0);

    private final CountDownLatch released = new CountDownLatch(1);
    private final Set<Thread> used = ConcurrentHashMap.newKeySet();
    private final List<TaskDispatcher> started = new ArrayList<>();

    private final Application application = (environ, startResponse) -> {
        used.add(Thread.currentThread());
        startResponse.start("200 OK", List.of());
        return "/stream".equals(environ.get("PATH_INFO")) ? this::blocks : List.of(Ascii.bytes("page"));
    };

    private Iterator<byte[]> blocks() {
        return new Iterator<>() {
            private int given;

            @Override
            public boolean hasNext() {
                return given < 2;
            }

            @Override
            public byte[] next() {
                if (given++ > 0) {
                    begun.release();
                    awaitRelease();
                }
                return Ascii.bytes("block");
            }
        };
    }

    private void awaitRelease() {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TaskDispatcher start(int threads, int streams) {
        Map<String, String> settings =
                Map.of("threads", String.valueOf(threads), "stream_threads", String.valueOf(streams));
        TaskDispatcher dispatcher = new TaskDispatcher(application, Settings.ofText(settings), asked::add, loop);
        started.add(dispatcher);
        return dispatcher;
    }

    @AfterEach
    void stop() {
        started.forEach(dispatcher -> dispatcher.close(Duration.ZERO));
    }

    private static FakeSink ask(TaskDispatcher dispatcher, String path) {
        Request request = Requests.parse("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        FakeSink sink = new FakeSink(request.head(), NAME, false);
        dispatcher.submit(request, new Response(request, sink, NAME));
        return sink;
    }

    /** Streams that have begun. */
    private List<FakeSink> stream(TaskDispatcher dispatcher, int count) throws InterruptedException {
        List<FakeSink> streams = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            streams.add(ask(dispatcher, "/stream"));
            begun.acquire();
        }
        return streams;
    }

    private String answer(FakeSink sink) {
        while (sink.outcome().endsWith("running")) {
            turn();
        }
        return sink.outcome();
    }

    private void turn() {
        for (Runnable next = asked.poll(); next != null; next = asked.poll()) {
            next.run();
        }
    }

    private int waiting(TaskDispatcher dispatcher) {
        List<Inspection> told = new ArrayList<>();
        dispatcher.operations().inspect(false, told::add);
        turn();
        return told.get(0).waiting();
    }

    @Test
    void leaveTheThreadsToOthers() throws InterruptedException {
        TaskDispatcher dispatcher = start(1, 2);
        List<FakeSink> streams = stream(dispatcher, 2);
        FakeSink page = ask(dispatcher, "/");
        assertThat(waiting(dispatcher)).isZero();
        assertThat(answer(page)).contains("200 OK", "page");
        released.countDown();
        assertThat(streams).allSatisfy(each -> assertThat(answer(each)).contains("200 OK"));
    }

    @Test
    void letARequestThroughThatWaitedForThem() throws InterruptedException {
        TaskDispatcher dispatcher = start(1, 1);
        FakeSink stream = ask(dispatcher, "/stream");
        FakeSink page = ask(dispatcher, "/");
        assertThat(answer(page)).contains("page");
        assertThat(outcomeSoFar(stream)).endsWith("running");
    }

    private String outcomeSoFar(FakeSink sink) {
        turn();
        return sink.outcome();
    }

    @Test
    void doSoUpToTheLimit() throws InterruptedException {
        TaskDispatcher dispatcher = start(1, 1);
        stream(dispatcher, 2);
        FakeSink page = ask(dispatcher, "/");
        assertThat(waiting(dispatcher)).isEqualTo(1);
        assertThat(outcomeSoFar(page)).isEqualTo("--running");
        released.countDown();
        assertThat(answer(page)).contains("page");
    }

    @Test
    void leaveNoThreadBehind() throws InterruptedException {
        TaskDispatcher dispatcher = start(1, 3);
        List<FakeSink> streams = stream(dispatcher, 3);
        assertThat(used).hasSize(3);
        released.countDown();
        streams.forEach(this::answer);
        while (used.stream().filter(Thread::isAlive).count() > 1) {
            Thread.onSpinWait();
        }
        assertThat(answer(ask(dispatcher, "/"))).contains("page");
    }
}
