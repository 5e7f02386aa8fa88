package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.buffer.MemoryBudget;
import dev.waitress.loop.TurnTaker;
import dev.waitress.worker.fakes.FakeClient;
import dev.waitress.worker.fakes.FakeTerms;
import dev.waitress.worker.fakes.ScriptedWorker;
import dev.waitress.worker.wire.MarshalReader;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which worker gets a request, which of them wait, and what becomes of those that a worker gives back. */
class DispatchTest {
    private static final String TAKEOVER = String.valueOf(Protocol.TAKEOVER);
    private static final String RECALL = String.valueOf(Protocol.RECALL);
    private static final Duration STALL = Duration.ofMillis(1);

    @TempDir
    private Path directory;

    private PoolFixture fixture;

    @BeforeEach
    void start() {
        fixture = new PoolFixture(directory, 1);
    }

    private FakeClient asks() {
        return fixture.ask("/");
    }

    @Test
    void prefersTheWorkerThatHoldsLess() throws IOException {
        ScriptedWorker first = fixture.serving(1);
        ScriptedWorker second = fixture.serving(2);
        FakeClient one = asks();
        FakeClient two = asks();
        FakeClient three = asks();
        fixture.turn();
        second.answers(1, "second");
        assertThat(two.body()).isEqualTo("second|complete");
        first.answers(1, "first");
        first.answers(2, "first again");
        assertThat(one.body()).isEqualTo("first|complete");
        assertThat(three.body()).isEqualTo("first again|complete");
    }

    /** As many as there are threads for, beside the one that runs requests. */
    @Test
    void countsNoResponsesThatAreStreamed() throws IOException {
        ScriptedWorker worker = fixture.serving(1);
        for (int id = 1; id <= FakeTerms.STREAM_THREADS; id++) {
            asks();
            fixture.turn();
            worker.streams(id);
            fixture.timers.advance(STALL);
            fixture.turn();
        }
        FakeClient next = asks();
        fixture.turn();
        worker.streams(FakeTerms.STREAM_THREADS + 1);
        fixture.timers.advance(STALL);
        fixture.turn();
        FakeClient waits = asks();
        fixture.turn();
        assertThat(next.status()).isEqualTo("200 OK");
        worker.endsStream(1);
        fixture.turn();
        worker.answers(FakeTerms.STREAM_THREADS + 2, "in the place of the first");
        assertThat(waits.body()).isEqualTo("in the place of the first|complete");
    }

    @Test
    void isReadyAsLongAsAWorkerServes() throws IOException {
        assertThat(fixture.pool.readiness().obstacles()).containsExactly("no worker serves");
        ScriptedWorker worker = fixture.worker(1).connects().isReady();
        assertThat(fixture.pool.readiness().obstacles()).containsExactly("no worker serves");
        worker.worker().serve();
        assertThat(fixture.pool.readiness().obstacles()).isEmpty();
        fixture.serving(2);
        worker.worker().die();
        assertThat(fixture.pool.readiness().obstacles()).isEmpty();
        fixture.pool.intake().suspend("broken");
        assertThat(fixture.pool.readiness().obstacles()).containsExactly("broken");
    }

    /** One frame for all that came in a turn. */
    @Test
    void sendsTheRequestsOfATurnTogether() throws IOException {
        ScriptedWorker worker = fixture.serving(1);
        asks();
        asks();
        assertThat(worker.requests().sent()).isEmpty();
        fixture.turn();
        byte[] sent = worker.requests().sent();
        assertThat(sent[4]).isEqualTo((byte) '[');
        assertThat(sent[5]).as("requests in the frame, and a template").isEqualTo((byte) 3);
        fixture.turn();
        assertThat(worker.requests().sent()).hasSameSizeAs(sent);
    }

    @Test
    void sendsALargeBodyBehindItsFrame() throws IOException {
        ScriptedWorker worker = fixture.serving(1);
        byte[] content = "x".repeat(Protocol.INLINE_BODY_BYTES + 1).getBytes(StandardCharsets.US_ASCII);
        BodyBuffer body = PoolFixture.body(content);
        FakeClient client = new FakeClient("/", body);
        fixture.pool.submit(client.request(), client.response());
        assertThat(worker.requests().sent()).endsWith(content);
    }

    /** Whatever becomes of its request. */
    @Nested
    class ABody {
        private final MemoryBudget memory = new MemoryBudget(1 << 20);

        private FakeClient sends() throws IOException {
            return fixture.ask("POST", "/", PoolFixture.body(new byte[4], memory));
        }

        @Test
        void isHeldWhileItsRequestWaits() throws IOException {
            sends();
            assertThat(memory.held()).isPositive();
        }

        @Test
        void isDroppedWhenNobodyWillAnswer() throws IOException {
            sends();
            fixture.pool.intake().suspend("broken");
            assertThat(memory.held()).as("before").isZero();
            sends();
            assertThat(memory.held()).as("after").isZero();
        }

        @Test
        void isDroppedWhenItsClientLeavesBeforeAWorkerComes() throws IOException {
            sends().response().clientGone();
            assertThat(memory.held()).isZero();
        }

        @Test
        void isDroppedWhenItsClientHasLeftAndAWorkerGivesItBack() throws IOException {
            ScriptedWorker worker = fixture.serving(1);
            FakeClient gone = sends();
            fixture.turn();
            gone.response().clientGone();
            worker.givesBack(1);
            fixture.turn();
            assertThat(memory.held()).isZero();
        }

        @Test
        void isDroppedWithTheAnswer() throws IOException {
            ScriptedWorker worker = fixture.serving(1);
            sends();
            fixture.turn();
            worker.answers(1, "");
            assertThat(memory.held()).isZero();
        }

        @Test
        void isDroppedWhenTheWorkerThatHadBegunItDies() throws IOException {
            ScriptedWorker worker = fixture.serving(1);
            FakeClient lost = sends();
            FakeClient gone = sends();
            fixture.turn();
            worker.begins(2);
            gone.response().clientGone();
            worker.worker().die();
            assertThat(lost.status()).isEqualTo("502 Bad Gateway");
            assertThat(memory.held()).isZero();
        }
    }

    @Nested
    class ARequestWithoutAWorker {
        /** How many still do, and for how long this one has. */
        @Test
        void isToldToTheWorkerThatComes() throws IOException {
            asks();
            asks();
            fixture.timers.advance(Duration.ofMillis(1500));
            ScriptedWorker worker = fixture.serving(1);
            fixture.turn();
            byte[] sent = worker.requests().sent();
            int first = 9; // behind the length of the frame and the head of the list
            assertThat(MarshalReader.getInt(sent, first + WaitingRequest.ID)).isEqualTo(1);
            assertThat(new String(sent, StandardCharsets.ISO_8859_1)).containsSubsequence(mark(1.5, 1), mark(1.5, 0));
        }

        private String mark(double seconds, int depth) {
            MarshalWriter writer = new MarshalWriter(64);
            writer.text("waitress.queue_time");
            writer.number(seconds);
            writer.text("waitress.queue_depth");
            writer.integer(depth);
            return new String(writer.toByteArray(), StandardCharsets.ISO_8859_1);
        }

        @Test
        void waitsForOne() throws IOException {
            FakeClient client = asks();
            fixture.turn();
            ScriptedWorker worker = fixture.serving(1);
            fixture.turn();
            worker.answers(1, "hello");
            assertThat(client.body()).isEqualTo("hello|complete");
        }

        @Test
        void isSentToNobodyIfItsClientLeavesMeanwhile() throws IOException {
            FakeClient client = asks();
            client.response().clientGone();
            ScriptedWorker worker = fixture.serving(1);
            fixture.turn();
            assertThat(worker.requests().sent()).isEmpty();
        }

        @Test
        void isRefusedWhenNoneWillCome() {
            FakeClient before = asks();
            fixture.pool.intake().suspend("broken");
            FakeClient after = asks();
            assertThat(fixture.pool.intake().isSuspended()).isTrue();
            assertThat(before.status()).isEqualTo("503 Service Unavailable");
            assertThat(after.status()).isEqualTo("503 Service Unavailable");
            assertThat(after.body()).contains("broken");
        }

        @Test
        void waitsAgainOnceOneMayCome() throws IOException {
            fixture.pool.intake().suspend("broken");
            fixture.pool.intake().resume();
            FakeClient client = asks();
            ScriptedWorker worker = fixture.serving(1);
            fixture.turn();
            worker.answers(1, "hello");
            assertThat(client.body()).isEqualTo("hello|complete");
        }

        /** Whoever came before it goes first. */
        @Test
        void isNotOvertaken() throws IOException {
            FakeClient first = asks();
            ScriptedWorker worker = fixture.serving(1);
            FakeClient second = asks();
            fixture.turn();
            worker.answers(1, "one");
            worker.answers(2, "two");
            assertThat(first.body()).isEqualTo("one|complete");
            assertThat(second.body()).isEqualTo("two|complete");
        }
    }

    @Nested
    class AStalledWorker {
        private ScriptedWorker worker;

        @BeforeEach
        void serve() throws IOException {
            worker = fixture.serving(1);
        }

        @Test
        void isLookedAtWhenItMayStall() {
            assertThat(fixture.turn()).isEqualTo(TurnTaker.NO_DEADLINE);
            fixture.timers.advance(Duration.ofHours(1));
            asks();
            assertThat(fixture.turn()).isEqualTo(STALL.toNanos());
            fixture.timers.advance(Duration.ofNanos(1));
            asks();
            assertThat(fixture.turn()).as("since the first").isEqualTo(STALL.toNanos() - 1);
        }

        @Test
        void isGivenMoreAgainOnceItAnswersInTime() {
            asks();
            asks();
            fixture.turn();
            fixture.timers.advance(STALL);
            fixture.turn();
            worker.answers(1, "");
            worker.answers(2, "");
            asks();
            asks();
            FakeClient third = asks();
            fixture.turn();
            worker.answers(5, "third");
            assertThat(third.body()).isEqualTo("third|complete");
        }

        @Test
        void letsAnotherThreadGoOn() {
            asks();
            fixture.turn();
            fixture.timers.advance(STALL.minusNanos(1));
            fixture.turn();
            assertThat(worker.control().told()).isEmpty();
            fixture.timers.advance(Duration.ofNanos(1));
            fixture.turn();
            assertThat(worker.control().told()).containsExactly(TAKEOVER);
        }

        /** One takeover sends what is ready; more are of use only to what has not begun. */
        @Test
        void isLeftAloneOnceAllHasBegun() throws IOException {
            asks();
            fixture.turn();
            worker.begins(1);
            fixture.timers.advance(STALL);
            fixture.turn();
            worker.control().told();
            fixture.timers.advance(Duration.ofHours(1));
            assertThat(fixture.turn()).isEqualTo(TurnTaker.NO_DEADLINE);
            assertThat(worker.control().told()).isEmpty();
        }

        @Test
        void keepsItsRequestsIfNobodyElseHasRoom() {
            asks();
            asks();
            fixture.turn();
            fixture.timers.advance(STALL);
            fixture.turn();
            assertThat(worker.control().told()).containsExactly(TAKEOVER);
        }

        @Test
        void givesBackWhatItHasNotBegunToOneThatHasRoom() throws IOException {
            asks();
            FakeClient waiting = asks();
            fixture.turn();
            ScriptedWorker other = fixture.serving(2);
            fixture.timers.advance(STALL);
            fixture.turn();
            assertThat(worker.control().told()).containsExactly(TAKEOVER, RECALL);
            worker.givesBack(2);
            fixture.turn();
            other.answers(1, "other");
            assertThat(waiting.body()).isEqualTo("other|complete");
        }

        @Test
        void keepsWhatItHasAThreadFor() throws IOException {
            asks();
            fixture.turn();
            fixture.serving(2);
            fixture.timers.advance(STALL);
            fixture.turn();
            assertThat(worker.control().told()).containsExactly(TAKEOVER);
        }

        @Test
        void keepsItsRequestsIfAllOthersHaveAsManyAsTheyMay() throws IOException {
            asks();
            fixture.turn();
            fixture.timers.advance(STALL);
            fixture.turn();
            ScriptedWorker other = fixture.serving(2);
            asks();
            asks();
            fixture.turn();
            fixture.timers.advance(STALL);
            fixture.turn();
            assertThat(other.control().told()).containsExactly(TAKEOVER);
        }

        @Test
        void isLookedAtAgainLaterOnceAllOfItsThreadsWereLetGoOn() {
            asks();
            fixture.turn();
            fixture.timers.advance(STALL);
            assertThat(fixture.turn()).isEqualTo(Duration.ofMillis(50).toNanos());
        }

        /** Its stream has ended, and counts no more. */
        @Test
        void isGivenNoMoreThanItHasThreadsAlsoWhereItHasStreamed() throws IOException {
            asks();
            fixture.turn();
            worker.streams(1);
            worker.endsStream(1);
            asks();
            fixture.turn();
            fixture.timers.advance(STALL);
            fixture.turn();
            int before = worker.requests().sent().length;
            asks();
            fixture.turn();
            assertThat(worker.requests().sent()).hasSize(before);
        }

        @Test
        void isAskedForThemOnceAtATime() throws IOException {
            asks();
            asks();
            fixture.turn();
            fixture.serving(2);
            fixture.timers.advance(STALL);
            fixture.turn();
            fixture.timers.advance(Duration.ofMillis(50));
            fixture.turn();
            assertThat(worker.control().told()).containsExactly(TAKEOVER, RECALL, TAKEOVER);
            worker.givesBack();
            fixture.timers.advance(Duration.ofMillis(50));
            fixture.turn();
            assertThat(worker.control().told()).containsExactly(TAKEOVER, RECALL);
        }

        /** What it gave back and nobody reads any more is dropped. */
        @Test
        void givesBackARequestWhoseClientHasLeft() throws IOException {
            asks();
            FakeClient gone = asks();
            fixture.turn();
            gone.response().clientGone();
            ScriptedWorker other = fixture.serving(2);
            worker.givesBack(2);
            fixture.turn();
            assertThat(other.requests().sent()).isEmpty();
        }

        @Test
        void endsIfItGivesBackWhatItDoesNotHold() {
            asks();
            fixture.turn();
            worker.givesBack(2);
            assertThat(worker.process().wasKilled()).isTrue();
        }

        @Test
        void isGivenNoMoreThanItHasThreads() throws IOException {
            asks();
            fixture.turn();
            fixture.timers.advance(STALL);
            fixture.turn();
            int before = worker.requests().sent().length;
            asks();
            fixture.turn();
            assertThat(worker.requests().sent()).hasSize(before);
            worker.answers(1, "");
            fixture.turn();
            assertThat(worker.requests().sent().length).isGreaterThan(before);
        }
    }

    /** A thread for it may have to be started first, where those before it are streamed. */
    @Test
    void letsAThreadGoOnAtOnceForARequestBehindThoseThatStall() throws IOException {
        fixture = new PoolFixture(directory, 2);
        ScriptedWorker worker = fixture.serving(1);
        asks();
        fixture.turn();
        worker.begins(1);
        fixture.timers.advance(STALL);
        fixture.turn();
        assertThat(worker.control().told()).containsExactly(TAKEOVER);
        fixture.timers.advance(Duration.ofHours(1));
        asks();
        fixture.turn();
        assertThat(worker.control().told()).containsExactly(TAKEOVER);
    }

    @Test
    void keepsTheOrderOfWhatCameBack() throws IOException {
        ScriptedWorker worker = fixture.serving(1);
        FakeClient first = asks();
        FakeClient second = asks();
        fixture.turn();
        worker.worker().die();
        FakeClient third = asks();
        ScriptedWorker other = fixture.serving(2);
        fixture.turn();
        other.answers(1, "one");
        other.answers(2, "two");
        other.answers(3, "three");
        assertThat(first.body()).isEqualTo("one|complete");
        assertThat(second.body()).isEqualTo("two|complete");
        assertThat(third.body()).isEqualTo("three|complete");
    }
}
