package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.RunLimit;
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

/** What becomes of requests that run for longer than they may, and of their workers. */
class TimeLimitTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    /** It looks no more often than that, and once more before it acts. */
    private static final Duration LATEST = LIMIT.plusMillis(50);

    private static final Duration ANSWER = Duration.ofMillis(500);
    private static final Duration GRACE = Duration.ofNanos(Stragglers.GRACE_NANOS);
    private static final String TIMEOUT = "504 Gateway Timeout";
    private static final String OVERDUE = String.valueOf(Protocol.OVERDUE);

    @TempDir
    private Path directory;

    private PoolFixture fixture;
    private ScriptedWorker worker;

    @BeforeEach
    void serve() throws IOException {
        fixture = new PoolFixture(directory, 2, new RunLimit(LIMIT.toSeconds(), true));
        worker = fixture.serving(1);
    }

    private FakeClient asks(String path) {
        FakeClient client = fixture.ask(path);
        fixture.turn();
        return client;
    }

    private FakeClient runs(String path, int id) throws IOException {
        FakeClient client = asks(path);
        worker.begins(id);
        return client;
    }

    private void passes(Duration duration) {
        fixture.timers.advance(duration);
    }

    private List<String> orders() {
        return worker.control().told().stream()
                .filter(each -> each.startsWith(OVERDUE) || each.equals(String.valueOf(Protocol.QUIT)))
                .toList();
    }

    @Test
    void isForWhatRuns() throws IOException {
        FakeClient client = runs("/", 1);
        passes(LIMIT.minusNanos(1));
        assertThat(client.status()).isEmpty();
        passes(LATEST.minus(LIMIT));
        assertThat(client.status()).isEqualTo(TIMEOUT);
        assertThat(orders()).containsExactly(OVERDUE + " 1 1");
    }

    @Test
    void isNotForWhatWaitsForAThread() throws IOException {
        FakeClient first = runs("/1", 1);
        FakeClient second = asks("/2");
        passes(LATEST);
        assertThat(first.status()).isEqualTo(TIMEOUT);
        assertThat(second.status()).isEmpty();
        worker.begins(2);
        passes(LIMIT.minusNanos(1));
        assertThat(second.status()).isEmpty();
        passes(LATEST.minus(LIMIT));
        assertThat(second.status()).isEqualTo(TIMEOUT);
    }

    @Test
    void isNotForWhatIsAnsweredInTime() throws IOException {
        FakeClient client = runs("/", 1);
        passes(LIMIT.minusMillis(1));
        worker.answers(1, "in time");
        passes(LIMIT.minus(LATEST.minus(LIMIT)).minusMillis(1));
        assertThat(client.body()).isEqualTo("in time|complete");
        assertThat(fixture.events()).containsExactly("ready 1");
    }

    /** That is one that has nothing to do, and one that does not come back from the application's {@code close()}. */
    @Test
    void asksForTheThreadOfWhatIsAnsweredOnce() throws IOException {
        FakeClient client = runs("/1", 1);
        worker.answers(1, "in time");
        passes(LATEST);
        assertThat(orders()).containsExactly(OVERDUE + " 1 1");
        worker.locates(1, "");
        runs("/2", 2);
        worker.begins(1, 2);
        worker.answers(2, "");
        passes(LIMIT.multipliedBy(3));
        assertThat(orders()).containsExactly(OVERDUE + " 2 1");
        assertThat(client.body()).isEqualTo("in time|complete");
        assertThat(fixture.events()).containsExactly("ready 1");
    }

    @Test
    void makesAWorkerWearOutWhoseThreadDoesNotComeBackFromWhatIsAnswered() throws IOException {
        runs("/", 1);
        worker.answers(1, "");
        passes(LATEST);
        worker.locates(1, "line 9");
        assertThat(orders()).containsExactly(OVERDUE + " 1 1");
        passes(GRACE.minusNanos(1));
        assertThat(orders()).isEmpty();
        passes(Duration.ofNanos(1));
        assertThat(orders()).containsExactly(OVERDUE + " 1 1");
        worker.locates(1, "line 9");
        assertThat(fixture.events())
                .containsExactly("ready 1", "worn 1 it runs a request that it has answered, which does not end");
    }

    @Test
    void leavesAThreadAloneThatHasComeBackMeanwhile() throws IOException {
        runs("/1", 1);
        worker.answers(1, "");
        passes(LATEST);
        worker.locates(1, "line 9");
        worker.begins(2); // the thread has gone on
        asks("/2");
        worker.answers(2, "");
        passes(LATEST);
        assertThat(orders()).containsExactly(OVERDUE + " 1 1", OVERDUE + " 2 1");
        worker.locates(2, "");
        passes(GRACE);
        assertThat(orders()).isEmpty();
        assertThat(fixture.events()).containsExactly("ready 1");
    }

    @Test
    void countsAnewAfterAPause() throws IOException {
        runs("/1", 1);
        worker.answers(1, "");
        passes(LIMIT.multipliedBy(3));
        FakeClient second = runs("/2", 2);
        passes(LIMIT.minusMillis(1));
        assertThat(second.status()).isEmpty();
        passes(LATEST.minus(LIMIT).plusMillis(1));
        assertThat(second.status()).isEqualTo(TIMEOUT);
    }

    /** Its thread has gone on to another one. */
    @Test
    void isNotForWhatHasEndedAndIsOnItsWay() throws IOException {
        FakeClient first = runs("/1", 1);
        FakeClient second = runs("/2", 2);
        passes(LATEST);
        assertThat(first.status()).isEmpty();
        assertThat(second.status()).isEqualTo(TIMEOUT);
    }

    @Test
    void cutsTheConnectionOfAnAnswerThatHasBegun() throws IOException {
        FakeClient client = runs("/", 1);
        worker.requests()
                .say(ScriptedWorker.list(
                        ScriptedWorker.message(Protocol.START, 1, 2, writer -> ScriptedWorker.head(writer, "200 OK"))));
        passes(LATEST);
        assertThat(client.body()).endsWith("|cut");
    }

    @Test
    void dropsWhatComesTooLate() throws IOException {
        FakeClient client = runs("/", 1);
        passes(LATEST);
        String answer = client.body();
        worker.answers(1, "too late");
        assertThat(client.body()).isEqualTo(answer);
        assertThat(worker.worker().workload().size()).isZero();
        passes(GRACE);
        assertThat(fixture.events()).containsExactly("ready 1");
    }

    @Test
    void isToldToTheThreadOfAClientThatHasLeftToo() throws IOException {
        FakeClient client = runs("/", 1);
        client.response().clientGone();
        passes(LATEST);
        assertThat(client.status()).isEmpty();
        assertThat(orders()).containsExactly(OVERDUE + " 1 1");
    }

    @Test
    void makesAWorkerWearOutWhoseThreadDoesNotComeFree() throws IOException {
        runs("/", 1);
        passes(LATEST);
        worker.locates(1, "line 7");
        passes(GRACE.minus(LATEST.minus(LIMIT)).minusNanos(1));
        assertThat(fixture.events()).containsExactly("ready 1");
        passes(LATEST.minus(LIMIT).plusNanos(1));
        assertThat(fixture.events()).containsExactly("ready 1", "worn 1 it runs GET /, which does not end");
        assertThat(worker.process().wasKilled()).isFalse();
    }

    @Test
    void doesNotKeepAWorkerThatIsToEnd() throws IOException {
        runs("/1", 1);
        FakeClient second = asks("/2");
        worker.begins(1, 2);
        passes(LATEST);
        worker.locates(1, "");
        worker.locates(2, "");
        worker.answers(2, "");
        assertThat(second.status()).isEqualTo(TIMEOUT);
        orders();
        worker.worker().retire();
        assertThat(orders()).containsExactly(String.valueOf(Protocol.QUIT));
    }

    @Test
    void endsTheWaitOfAWorkerThatDrains() throws IOException {
        runs("/", 1);
        worker.worker().retire();
        assertThat(orders()).isEmpty();
        passes(LATEST);
        assertThat(orders()).containsExactly(OVERDUE + " 1 1", String.valueOf(Protocol.QUIT));
    }

    @Test
    void findsAWorkerThatDoesNotAnswer() throws IOException {
        runs("/", 1);
        FakeClient waits = asks("/2");
        passes(LATEST.plus(ANSWER));
        assertThat(fixture.events()).containsExactly("ready 1", "worn 1 it does not answer");
        FakeClient later = asks("/3");
        assertThat(worker.worker().workload().size()).isEqualTo(2);
        passes(GRACE.minus(ANSWER));
        assertThat(worker.process().wasKilled()).isTrue();
        ScriptedWorker other = fixture.serving(2);
        worker.worker().die();
        fixture.turn();
        other.answers(1, "moved on");
        other.answers(2, "waited");
        assertThat(waits.body()).isEqualTo("moved on|complete");
        assertThat(later.body()).isEqualTo("waited|complete");
    }

    @Test
    void trustsAWorkerAgainThatAnswersLate() throws IOException {
        runs("/", 1);
        passes(LATEST.plus(ANSWER));
        FakeClient later = asks("/2");
        worker.locates(1, "line 7");
        worker.answers(1, "");
        fixture.turn();
        worker.answers(2, "here");
        assertThat(later.body()).isEqualTo("here|complete");
        passes(GRACE);
        assertThat(worker.process().wasKilled()).isFalse();
    }

    @Test
    void endsAWorkerAtOnceThatDoesNotAnswerAndHasASuccessor() throws IOException {
        runs("/", 1);
        passes(LATEST.plus(ANSWER));
        worker.worker().retire();
        assertThat(worker.process().wasKilled()).isTrue();
    }

    @Test
    void leavesADeadWorkerAlone() throws IOException {
        runs("/", 1);
        passes(LATEST);
        worker.worker().die();
        passes(GRACE);
        assertThat(worker.process().wasKilled()).isFalse();
        assertThat(fixture.events()).containsExactly("ready 1", "died 1 lost 0");
    }
}
