package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.waitress.buffer.MemoryBudget;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.loop.Clock;
import dev.waitress.loop.EventLoop;
import dev.waitress.worker.fakes.FakeLink;
import dev.waitress.worker.fakes.FakeTimers;
import dev.waitress.worker.fakes.SourcedPool;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers that others have started. */
class AttachedWorkersTest {
    private static final Duration STARTUP = Duration.ofSeconds(60);

    /** No process has such a number. */
    private static final int PID = Integer.MAX_VALUE;

    private final FakeTimers timers = new FakeTimers();
    private final FakeLink requests = new FakeLink();
    private final FakeLink control = new FakeLink();
    private EventLoop loop;
    private PrivateDirectory directory;
    private WorkerHome home;
    private WorkerPool pool;
    private AttachedWorkers source;

    @BeforeEach
    void start() throws Exception {
        loop = new EventLoop("test-loop", 8192, MemoryBudget.ofHeap(), Clock.SYSTEM);
        loop.start();
        directory = new PrivateDirectory();
        home = new WorkerHome(directory, 1);
        FutureTask<Boolean> opened = new FutureTask<>(() -> {
            home.open(loop, (introduction, link) -> link.close());
            return true;
        });
        loop.execute(opened);
        opened.get();
        SourcedPool sourced = new SourcedPool(1, STARTUP, timers);
        pool = sourced.pool();
        source = new AttachedWorkers(home, pool, timers);
        sourced.reportTo(source);
    }

    @AfterEach
    void end() throws Exception {
        pool.quit();
        home.close();
        home.removeBodies();
        loop.stop();
        directory.close();
    }

    private Worker comes() throws IOException {
        Worker worker = Objects.requireNonNull(
                source.stranger(new WorkerDoor.Introduction(1, "requests", "cpython 3.11.7", PID)));
        worker.attach("requests", PID, requests);
        worker.attach("control", PID, control);
        return worker;
    }

    private void says(int... numbers) {
        control.say(writer -> {
            writer.tuple(numbers.length);
            for (int number : numbers) {
                writer.integer(number);
            }
        });
    }

    @Test
    void areWaitedForByRequestsFromTheStart() {
        CompletableFuture<LoadFailure> opened = new CompletableFuture<>();
        source.begin(opened);
        assertThat(opened).isCompletedWithValue(null);
    }

    @Test
    void serveAsSoonAsTheyAreReady() throws IOException {
        Worker worker = comes();
        assertThat(pool.log(record -> record.integer(1))).isFalse();
        says(Protocol.READY);
        assertThat(worker.isReady()).as("it serves").isFalse();
        assertThat(pool.find(1)).isSameAs(worker);
    }

    @Test
    void areGivenUpIfTheyDoNotBegin() throws IOException {
        comes();
        timers.advance(STARTUP);
        assertThat(pool.find(1)).isNull();
        assertThat(control.isOpen()).isFalse();
    }

    /** The application was there before them. */
    @Test
    void cannotFailToLoadIt() throws IOException {
        comes();
        control.say(writer -> {
            writer.tuple(4);
            writer.integer(Protocol.FAILED);
            writer.text("message");
            writer.text("");
            writer.integer(1);
        });
        assertThat(pool.find(1)).isNull();
    }

    @Test
    void areNotAskedForTheirFiles() {
        assertThatIllegalArgumentException().isThrownBy(() -> source.imported(Instant.EPOCH, List.of()));
    }

    @Test
    void areNotWelcomeAtTheEnd() throws IOException {
        assertThat(source.close()).isEmpty();
        assertThat(source.stranger(new WorkerDoor.Introduction(1, "requests", "cpython 3.11.7", PID)))
                .isNull();
    }
}
