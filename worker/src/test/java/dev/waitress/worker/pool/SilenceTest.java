package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.worker.fakes.FakeClient;
import dev.waitress.worker.fakes.ScriptedWorker;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that say nothing: which requests they get, and how they end. */
class SilenceTest {
    private static final Duration SILENCE = Duration.ofSeconds(20);
    private static final Duration INTERVAL = SILENCE.dividedBy(Heartbeat.MOST_MISSED);
    private static final String PING = String.valueOf(Protocol.PING);

    @TempDir
    private Path directory;

    private PoolFixture fixture;
    private ScriptedWorker worker;

    @BeforeEach
    void start() throws IOException {
        fixture = new PoolFixture(directory, 1, SILENCE);
        worker = fixture.worker(1).connects().isReady();
        worker.control().told();
    }

    private void serves() {
        worker.worker().serve();
    }

    private void isSilent() {
        serves();
        fixture.timers.advance(INTERVAL);
    }

    private List<String> obstacles() {
        return fixture.pool.readiness().obstacles();
    }

    @Test
    void asksAWorkerFromWhenItServes() {
        fixture.timers.advance(SILENCE);
        assertThat(worker.control().told()).isEmpty();
        serves();
        assertThat(worker.control().told()).containsExactly(PING);
    }

    @Test
    void countsAWorkerThatAnswersNothingAsNone() throws IOException {
        isSilent();
        assertThat(obstacles()).containsExactly("no worker answers");
        fixture.serving(2);
        assertThat(obstacles()).isEmpty();
    }

    @Test
    void countsItAgainWhenItAnswers() {
        isSilent();
        worker.says(Protocol.PONG);
        assertThat(obstacles()).isEmpty();
    }

    /** A thread that answers requests may do so while the one that obeys us hangs. */
    @Test
    void isNotEndedByAnythingElse() {
        serves();
        FakeClient client = fixture.ask("/");
        fixture.turn();
        fixture.timers.advance(INTERVAL);
        worker.answers(1, "hello");
        assertThat(client.body()).isEqualTo("hello|complete");
        assertThat(obstacles()).containsExactly("no worker answers");
    }

    @Test
    void keepsRequestsFromTheWorkerUntilItAnswers() {
        isSilent();
        FakeClient client = fixture.ask("/");
        fixture.turn();
        assertThat(worker.requests().sent()).isEmpty();
        worker.says(Protocol.PONG);
        fixture.turn();
        worker.answers(1, "hello");
        assertThat(client.body()).isEqualTo("hello|complete");
    }

    @Test
    void leavesRequestsToOthers() throws IOException {
        isSilent();
        ScriptedWorker other = fixture.serving(2);
        FakeClient client = fixture.ask("/");
        fixture.turn();
        other.answers(1, "other");
        assertThat(client.body()).isEqualTo("other|complete");
    }

    @Test
    void isToldOfOnceItIsTooLong() {
        serves();
        fixture.timers.advance(SILENCE);
        assertThat(fixture.events()).containsExactly("ready 1", "hung 1 since 20");
        assertThat(worker.worker().isHung()).isTrue();
        assertThat(worker.process().wasKilled()).isFalse();
    }

    /** Somebody else has ended it before its stacks were there, and nobody waits for them. */
    @Test
    void isOverWithTheWorker() {
        serves();
        fixture.timers.advance(SILENCE);
        worker.worker().die();
        assertThat(worker.worker().isHung()).isFalse();
    }

    @Test
    void makesAWorkerThatIsRetiredEndAtOnce() {
        serves();
        FakeClient client = fixture.ask("POST", "/", BodyBuffer.EMPTY);
        fixture.turn();
        fixture.timers.advance(SILENCE);
        worker.worker().retire();
        assertThat(worker.process().wasKilled()).isTrue();
        worker.worker().die();
        assertThat(client.body()).as("it had not begun, and waits for another").isEmpty();
    }

    @Test
    void isOfNoInterestInAWorkerThatDrains() {
        serves();
        fixture.ask("/");
        fixture.turn();
        worker.worker().retire();
        fixture.timers.advance(SILENCE);
        assertThat(fixture.events()).containsExactly("ready 1");
        assertThat(worker.process().wasKilled()).isFalse();
    }
}
