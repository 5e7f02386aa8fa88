package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.settings.Settings;
import dev.waitress.worker.fakes.FakeLink;
import dev.waitress.worker.fakes.FakeTimers;
import dev.waitress.worker.pool.LoadFailure;
import dev.waitress.worker.pool.WaitingRequest;
import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.pool.WorkerTerms;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.Protocol;
import dev.waitress.worker.wire.RequestEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers that others have started. */
class AttachedWorkersTest {
    private static final Duration STARTUP = Duration.ofSeconds(60);

    /** No process has such a number. */
    private static final int PID = Integer.MAX_VALUE;

    private final FakeTimers timers = new FakeTimers();
    private final List<String> events = new ArrayList<>();
    private final FakeLink requests = new FakeLink();
    private final FakeLink control = new FakeLink();
    private PrivateDirectory directory;
    private WorkerHome home;
    private WorkerPool pool;
    private AttachedWorkers source;

    private final class Reports implements Worker.Listener {
        @Override
        public void ready(Worker worker) {
            source.ready(worker);
        }

        @Override
        public void failed(Worker worker, LoadFailure failure) {
            source.failed(worker, failure);
        }

        @Override
        public void late(Worker worker) {
            source.late(worker);
        }

        @Override
        public void imported(Instant since, List<Path> files) {
            source.imported(since, files);
        }

        @Override
        public void ownsLogging(int level) {}

        @Override
        public void stopAsked() {}

        @Override
        public void overloaded(Worker worker) {}

        @Override
        public void gaveBack(List<WaitingRequest> unbegun) {}

        @Override
        public void died(Worker worker, int lost, List<WaitingRequest> unbegun) {
            events.add("died");
            pool.remove(worker, lost, unbegun);
        }
    }

    @BeforeEach
    void start() {
        directory = new PrivateDirectory();
        home = new WorkerHome(directory, 1);
        WorkerTerms terms = new WorkerTerms(
                1, STARTUP.toNanos(), STARTUP.toNanos(), 1000, AttachedWorkersTest::settings, new UnknownStatuses());
        pool = new WorkerPool(terms, 1, new RequestEncoder(Settings.defaults()), timers, new Reports());
        source = new AttachedWorkers(home, pool, timers);
    }

    private static MarshalWriter settings(Path board, boolean byDescriptor) {
        MarshalWriter writer = new MarshalWriter(16);
        writer.dict();
        writer.endDict();
        return writer;
    }

    @AfterEach
    void end() {
        pool.quit();
        home.removeBodies();
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
        assertThat(events).containsExactly("died");
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
        assertThat(events).containsExactly("died");
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
