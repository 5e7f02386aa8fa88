package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.buffer.BodyStorage;
import dev.waitress.buffer.MemoryBudget;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.buffer.SharedMemory;
import dev.waitress.exchange.QueueLimits;
import dev.waitress.worker.fakes.FakeClient;
import dev.waitress.worker.fakes.FakeTerms;
import dev.waitress.worker.fakes.ScriptedWorker;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of requests that wait: too many, or for too long. Each worker has one thread. */
class QueueTest {
    private static final String REFUSED = "503 Service Unavailable";
    private static final Duration STALL = Duration.ofMillis(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration LEAST = Duration.ofNanos(1);

    @TempDir
    private Path directory;

    private PoolFixture limited(int most, Duration timeout) {
        return new PoolFixture(directory, 1, new QueueLimits(most, timeout.toNanos()));
    }

    @Nested
    class OfLimitedLength {
        private PoolFixture fixture;

        @BeforeEach
        void start() {
            fixture = limited(2, Duration.ZERO);
        }

        @Test
        void hasPlacesForSoManyAndNoMore() {
            FakeClient first = fixture.ask("/");
            FakeClient second = fixture.ask("/");
            FakeClient third = fixture.ask("/");
            assertThat(first.status()).isEmpty();
            assertThat(second.status()).isEmpty();
            assertThat(third.status()).isEqualTo(REFUSED);
            assertThat(third.body()).contains("Too many requests wait").endsWith("|complete");
        }

        @Test
        void hasAPlaceForWhoComesAfterOneThatHasLeft() {
            FakeClient first = fixture.ask("/");
            fixture.ask("/");
            first.response().clientGone();
            assertThat(fixture.ask("/").status()).isEmpty();
            assertThat(fixture.ask("/").status()).isEqualTo(REFUSED);
        }

        /** Whoever holds them: the worker has them already, and has begun but one. */
        @Test
        void countsWhatAWorkerHoldsBeyondItsThreads() throws IOException {
            ScriptedWorker worker = fixture.serving(1);
            FakeClient runs = fixture.ask("/");
            FakeClient second = fixture.ask("/");
            FakeClient third = fixture.ask("/");
            assertThat(fixture.ask("/").status()).isEqualTo(REFUSED);
            fixture.turn();
            worker.answers(1, "one");
            assertThat(runs.body()).isEqualTo("one|complete");
            FakeClient later = fixture.ask("/");
            assertThat(later.status())
                    .as("in the place of the one that runs now")
                    .isEmpty();
            assertThat(fixture.ask("/").status()).isEqualTo(REFUSED);
            assertThat(second.status() + third.status()).isEmpty();
        }

        /** The worker has other threads for them, but not for more than it has. */
        @Test
        void countsNoResponsesThatAreStreamed() throws IOException {
            ScriptedWorker worker = fixture.serving(1);
            for (int id = 1; id <= FakeTerms.STREAM_THREADS; id++) {
                fixture.ask("/");
                fixture.turn();
                worker.streams(id);
                fixture.turn();
            }
            FakeClient runs = fixture.ask("/");
            fixture.ask("/");
            fixture.ask("/");
            assertThat(fixture.ask("/").status()).isEqualTo(REFUSED);
            fixture.turn();
            worker.answers(FakeTerms.STREAM_THREADS + 1, "one");
            assertThat(runs.body()).isEqualTo("one|complete");
        }

        @Test
        void keepsNobodyFromAThreadThatIsFree() throws IOException {
            fixture.serving(1);
            for (int i = 0; i < 3; i++) {
                fixture.ask("/");
            }
            ScriptedWorker idle = fixture.serving(2);
            FakeClient client = fixture.ask("/");
            fixture.turn();
            idle.answers(1, "at once");
            assertThat(client.body()).isEqualTo("at once|complete");
        }

        @Test
        void isFullAlsoForAWorkerWhoseThreadsAreTaken() throws IOException {
            fixture.serving(1);
            for (int i = 0; i < 3; i++) {
                fixture.ask("/");
            }
            fixture.serving(2);
            assertThat(fixture.ask("/").status()).as("a thread is free").isEmpty();
            assertThat(fixture.ask("/").status()).isEqualTo(REFUSED);
        }

        @Test
        void dropsTheBodyOfWhatItRefuses() throws IOException {
            MemoryBudget memory = new MemoryBudget(1000);
            BodyBuffer body =
                    new BodyBuffer(4, new BodyStorage(100, memory, new PrivateDirectory(directory), SharedMemory.NONE));
            body.append(new byte[4], 0, 4);
            fixture.ask("/");
            fixture.ask("/");
            FakeClient client = new FakeClient("/", body);
            fixture.pool.submit(client.request(), client.response());
            assertThat(client.status()).isEqualTo(REFUSED);
            assertThat(memory.held()).isZero();
        }
    }

    @Nested
    class OfLimitedTime {
        private PoolFixture fixture;

        @BeforeEach
        void start() {
            fixture = limited(0, TIMEOUT);
        }

        @Test
        void isLeftInTimeAndNotBefore() throws IOException {
            FakeClient client = fixture.ask("/");
            fixture.timers.advance(TIMEOUT.minus(LEAST));
            assertThat(fixture.turn()).as("nanoseconds until the next look").isEqualTo(1);
            assertThat(client.status()).isEmpty();
            fixture.timers.advance(LEAST);
            fixture.turn();
            assertThat(client.status()).isEqualTo(REFUSED);
            ScriptedWorker worker = fixture.serving(1);
            fixture.turn();
            assertThat(worker.requests().sent()).isEmpty();
        }

        @Test
        void endsTheBodiesOfWhatItRefuses() throws IOException {
            MemoryBudget memory = new MemoryBudget(1000);
            FakeClient client = fixture.ask("POST", "/", PoolFixture.body(new byte[4], memory));
            assertThat(memory.held()).isPositive();
            fixture.timers.advance(TIMEOUT);
            fixture.turn();
            assertThat(client.status()).isEqualTo(REFUSED);
            assertThat(memory.held()).isZero();
        }

        @Test
        void isOfEachRequestItsOwn() {
            FakeClient first = fixture.ask("/");
            fixture.timers.advance(LEAST);
            FakeClient second = fixture.ask("/");
            fixture.timers.advance(TIMEOUT.minus(LEAST));
            assertThat(fixture.turn()).isEqualTo(1);
            assertThat(first.status()).isEqualTo(REFUSED);
            assertThat(second.status()).isEmpty();
        }

        @Test
        void endsWhereAWorkerHasRoom() throws IOException {
            FakeClient client = fixture.ask("/");
            ScriptedWorker worker = fixture.serving(1);
            fixture.turn();
            worker.begins(1);
            fixture.timers.advance(TIMEOUT.multipliedBy(10));
            fixture.turn();
            assertThat(client.status()).as("it has begun").isEmpty();
            worker.answers(1, "late");
            assertThat(client.body()).isEqualTo("late|complete");
        }

        /** It is asked back from a worker that does not get on, and has waited since it came. */
        @Test
        void goesOnWhileAWorkerHoldsWhatItHasNotBegun() throws IOException {
            ScriptedWorker worker = fixture.serving(1);
            FakeClient runs = fixture.ask("/");
            FakeClient waits = fixture.ask("/");
            fixture.turn();
            worker.begins(1);
            fixture.timers.advance(STALL);
            fixture.turn();
            assertThat(worker.control().told()).contains(String.valueOf(Protocol.RECALL));
            worker.givesBack(2);
            fixture.timers.advance(TIMEOUT.minus(STALL).minus(LEAST));
            fixture.turn();
            assertThat(waits.status()).isEmpty();
            fixture.timers.advance(LEAST);
            fixture.turn();
            assertThat(waits.status()).isEqualTo(REFUSED);
            assertThat(runs.status()).isEmpty();
        }
    }

    @Test
    void isLeftToItselfWhereNothingIsLimited() {
        PoolFixture fixture = new PoolFixture(directory, 1);
        FakeClient client = fixture.ask("/");
        for (int i = 0; i < 100; i++) {
            assertThat(fixture.ask("/").status()).isEmpty();
        }
        fixture.timers.advance(Duration.ofDays(1));
        fixture.turn();
        assertThat(client.status()).isEmpty();
    }
}
