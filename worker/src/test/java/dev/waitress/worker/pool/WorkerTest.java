package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.waitress.worker.fakes.FakeClient;
import dev.waitress.worker.fakes.FakeLink;
import dev.waitress.worker.fakes.ScriptedWorker;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of one worker: every way from one state to another, every deadline, every order of death and answer. */
class WorkerTest {
    private static final String QUIT = String.valueOf(Protocol.QUIT);
    private static final String RECALL = String.valueOf(Protocol.RECALL);

    @TempDir
    private Path directory;

    private PoolFixture fixture;
    private ScriptedWorker worker;

    @BeforeEach
    void start() throws IOException {
        fixture = new PoolFixture(directory, 1);
        worker = fixture.worker(1);
    }

    private void serves() throws IOException {
        worker.connects().isReady();
        worker.worker().serve();
        worker.control().told();
    }

    private FakeClient asks() {
        return fixture.ask("/");
    }

    private List<String> events() {
        return fixture.events();
    }

    @Nested
    class Starting {
        @Test
        void isToldWhatToServeOnceBothSocketsAreThere() throws IOException {
            worker.worker().attach("requests", 100, worker.requests());
            assertThat(worker.control().told()).isEmpty();
            worker.worker().attach("control", 100, worker.control());
            assertThat(worker.control().told()).containsExactly("settings");
        }

        @Test
        void handsItsLeashToItsProcess() throws IOException {
            FakeLink leash = new FakeLink();
            worker.worker().attach("leash", 100, leash);
            assertThat(worker.process().leash()).isSameAs(leash);
            worker.connects();
            assertThat(worker.control().told()).containsExactly("settings");
        }

        @ParameterizedTest
        @ValueSource(strings = {"requests", "control", "tea"})
        void refusesSocketsThatItHasNoUseFor(String purpose) throws IOException {
            worker.connects();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> worker.worker().attach(purpose, 100, new FakeLink()));
        }

        @Test
        void isReadyOnce() throws IOException {
            worker.connects().isReady().isReady();
            assertThat(events()).containsExactly("ready 1");
            assertThat(worker.worker().isReady()).isTrue();
        }

        @Test
        void isLateAfterItsTime() {
            fixture.timers.advance(PoolFixture.STARTUP.minusNanos(1));
            assertThat(events()).isEmpty();
            fixture.timers.advance(Duration.ofNanos(1));
            assertThat(events()).containsExactly("late 1");
        }

        @Test
        void isNotLateOnceItIsReady() throws IOException {
            worker.connects().isReady();
            fixture.timers.advance(PoolFixture.STARTUP);
            assertThat(events()).containsExactly("ready 1");
        }

        @Test
        void tellsWhyItCannotLoadTheApplication() throws IOException {
            worker.connects().fails("no module", 3);
            assertThat(events()).containsExactly("failed 1 no module 3");
        }

        @Test
        void isGivenNoRequests() throws IOException {
            worker.connects().isReady();
            FakeClient client = asks();
            fixture.turn();
            assertThat(worker.requests().sent()).isEmpty();
            assertThat(client.body()).isEmpty();
        }

        @Test
        void isKilledIfItIsRetiredBeforeItCanBeTold() {
            worker.worker().retire();
            assertThat(worker.process().wasKilled()).isTrue();
        }

        @Test
        void quitsIfItIsRetired() throws IOException {
            worker.connects();
            worker.worker().retire();
            assertThat(worker.control().told()).endsWith(QUIT);
            assertThat(worker.process().wasKilled()).isFalse();
        }
    }

    @Nested
    class Serving {
        @Test
        void answers() throws IOException {
            serves();
            FakeClient client = asks();
            fixture.turn();
            assertThat(worker.requests().sent()).isNotEmpty();
            worker.answers(1, "hello");
            assertThat(client.status()).isEqualTo("200 OK");
            assertThat(client.body()).isEqualTo("hello|complete");
        }

        @Test
        void passesOnWhatTheApplicationWants() throws IOException {
            serves();
            worker.says(Protocol.STOP);
            worker.says(Protocol.LOGGING, 20);
            assertThat(events()).containsExactly("ready 1", "stop", "logging 20");
        }

        @Test
        void isGivenLogRecords() throws IOException {
            assertThat(fixture.log()).isFalse();
            serves();
            assertThat(fixture.log()).isTrue();
            assertThat(worker.control().told()).containsExactly("6 30 waitress message ");
        }

        @Test
        void isAskedForWhatHasArrived() throws IOException {
            serves();
            fixture.turn();
            assertThat(worker.requests().receives()).isEqualTo(1);
            assertThat(worker.control().receives()).isEqualTo(1);
        }
    }

    @Nested
    class Draining {
        @Test
        void quitsAtOnceIfItHoldsNothing() throws IOException {
            serves();
            worker.worker().retire();
            assertThat(worker.control().told()).containsExactly(QUIT);
        }

        @Test
        void quitsBehindTheLastAnswer() throws IOException {
            serves();
            FakeClient first = asks();
            FakeClient second = asks();
            fixture.turn();
            worker.worker().retire();
            assertThat(worker.control().told()).containsExactly(RECALL);
            worker.answers(2, "two");
            assertThat(worker.control().told()).isEmpty();
            worker.answers(1, "one");
            assertThat(worker.control().told()).containsExactly(QUIT);
            assertThat(first.body()).isEqualTo("one|complete");
            assertThat(second.body()).isEqualTo("two|complete");
        }

        @Test
        void quitsWhenOthersHaveTakenAll() throws IOException {
            serves();
            FakeClient client = asks();
            fixture.turn();
            worker.worker().retire();
            worker.givesBack(1);
            assertThat(worker.control().told()).containsExactly(RECALL, QUIT);
            ScriptedWorker other = fixture.serving(2);
            fixture.turn();
            other.answers(1, "other");
            assertThat(client.body()).isEqualTo("other|complete");
        }

        @Test
        void isGivenNoRequestsAndNoRecords() throws IOException {
            serves();
            asks();
            fixture.turn();
            int before = worker.requests().sent().length;
            worker.worker().retire();
            asks();
            fixture.turn();
            assertThat(worker.requests().sent()).hasSize(before);
            assertThat(fixture.log()).isFalse();
        }

        @Test
        void isKilledIfItsRequestsDoNotEnd() throws IOException {
            serves();
            asks();
            fixture.turn();
            worker.worker().retire();
            fixture.timers.advance(PoolFixture.DRAIN.minusNanos(1));
            assertThat(worker.process().wasKilled()).isFalse();
            fixture.timers.advance(Duration.ofNanos(1));
            assertThat(worker.process().wasKilled()).isTrue();
        }

        @Test
        void losesWhatItRunsIfItDies() throws IOException {
            serves();
            FakeClient client = asks();
            FakeClient unbegun = asks();
            fixture.turn();
            worker.begins(1);
            worker.worker().retire();
            worker.worker().die();
            ScriptedWorker other = fixture.serving(2);
            fixture.turn();
            other.answers(1, "other");
            assertThat(client.status()).isEqualTo("502 Bad Gateway");
            assertThat(unbegun.body()).isEqualTo("other|complete");
            fixture.timers.advance(PoolFixture.DRAIN);
            assertThat(worker.process().wasKilled()).isFalse();
        }

        @Test
        void happensOnce() throws IOException {
            serves();
            asks();
            fixture.turn();
            worker.worker().retire();
            worker.worker().retire();
            assertThat(worker.control().told()).containsExactly(RECALL);
        }
    }

    @Nested
    class Quitting {
        @Test
        void isKilledIfItHangsOverIt() throws IOException {
            serves();
            worker.worker().quit();
            fixture.timers.advance(Worker.QUIT_LIMIT.minusNanos(1));
            assertThat(worker.process().wasKilled()).isFalse();
            fixture.timers.advance(Duration.ofNanos(1));
            assertThat(worker.process().wasKilled()).isTrue();
        }

        @Test
        void isToldOnce() throws IOException {
            serves();
            worker.worker().quit();
            worker.worker().quit();
            worker.worker().retire();
            assertThat(worker.control().told()).containsExactly(QUIT);
        }

        @Test
        void stillAnswersWhatItRuns() throws IOException {
            serves();
            FakeClient client = asks();
            fixture.turn();
            worker.worker().quit();
            worker.answers(1, "late");
            assertThat(client.body()).isEqualTo("late|complete");
            assertThat(worker.control().told()).containsExactly(QUIT);
        }

        @Test
        void isForAllWorkersOfAPool() throws IOException {
            serves();
            ScriptedWorker other = fixture.worker(2);
            fixture.pool.quit();
            assertThat(worker.control().told()).containsExactly(QUIT);
            assertThat(other.process().wasKilled()).isTrue();
        }
    }

    @Nested
    class Dead {
        @Test
        void hasItsLastWordsRead() throws IOException {
            serves();
            FakeClient client = asks();
            fixture.turn();
            worker.begins(1);
            worker.answersLast(1, "last");
            worker.requests().cut(null);
            assertThat(client.body()).isEqualTo("last|complete");
            assertThat(events()).containsExactly("ready 1", "died 1 lost 0");
        }

        @Test
        void hasTheAnswersTakenThatItCouldNotSend() throws IOException {
            serves();
            FakeClient client = asks();
            FakeClient another = asks();
            fixture.turn();
            worker.begins(2);
            worker.keeps(1, "kept");
            worker.worker().die();
            assertThat(client.body()).isEqualTo("kept|complete");
            assertThat(another.status()).isEqualTo("502 Bad Gateway");
            assertThat(events()).containsExactly("ready 1", "died 1 lost 1");
        }

        @Test
        void answersNothingTwice() throws IOException {
            serves();
            FakeClient client = asks();
            fixture.turn();
            worker.begins(1);
            worker.keeps(1, "kept");
            worker.answers(1, "sent");
            worker.worker().die();
            assertThat(client.body()).isEqualTo("sent|complete");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "\1", "\7\0\0\0abc", "\3\0\0\0abc", "\377\377\377\177", "\377\377\377\377abcd"})
        void mayLeaveWhatMakesNoSense(String words) throws IOException {
            serves();
            FakeClient client = asks();
            fixture.turn();
            worker.begins(1);
            worker.keeps(words.getBytes(StandardCharsets.ISO_8859_1));
            worker.worker().die();
            assertThat(client.status()).isEqualTo("502 Bad Gateway");
            assertThat(events()).containsExactly("ready 1", "died 1 lost 1");
        }

        @Test
        void losesWhatItRan() throws IOException {
            serves();
            FakeClient client = asks();
            fixture.turn();
            worker.begins(1);
            worker.worker().die();
            assertThat(client.status()).isEqualTo("502 Bad Gateway");
            assertThat(events()).containsExactly("ready 1", "died 1 lost 1");
        }

        @Test
        void losesNothingThatItHadNotBegun() throws IOException {
            serves();
            FakeClient begun = asks();
            FakeClient unbegun = asks();
            fixture.turn();
            worker.begins(1);
            worker.worker().die();
            ScriptedWorker other = fixture.serving(2);
            fixture.turn();
            other.answers(1, "other");
            assertThat(begun.status()).isEqualTo("502 Bad Gateway");
            assertThat(unbegun.body()).isEqualTo("other|complete");
        }

        @Test
        void doesNotCountAClientThatHasLeft() throws IOException {
            serves();
            FakeClient client = asks();
            fixture.turn();
            worker.begins(1);
            client.response().clientGone();
            worker.worker().die();
            assertThat(events()).containsExactly("ready 1", "died 1 lost 0");
        }

        @Test
        void isKilledLaterIfOnlyItsSocketsEnded() throws IOException {
            serves();
            worker.control().cut(new IOException("broken pipe"));
            assertThat(events()).containsExactly("ready 1", "died 1 lost 0");
            assertThat(worker.process().wasKilled()).isFalse();
            fixture.timers.advance(Worker.QUIT_LIMIT);
            assertThat(worker.process().wasKilled()).isTrue();
        }

        @Test
        void isKilledAtOnceIfItBreaksTheProtocol() throws IOException {
            serves();
            FakeClient client = asks();
            fixture.turn();
            worker.answersLast(1, "not read");
            worker.says(99);
            assertThat(worker.process().wasKilled()).isTrue();
            assertThat(client.body()).isEmpty();
            assertThat(worker.requests().isOpen()).isFalse();
            assertThat(worker.control().isOpen()).isFalse();
        }

        @Test
        void isKilledAtOnceIfThereIsNoMemoryForWhatItSays() throws IOException {
            serves();
            worker.requests().cut(new OutOfMemoryError("not really"));
            assertThat(worker.process().wasKilled()).isTrue();
        }

        /** A test of {@link #hasItsLastWordsRead} in the other order. */
        @Test
        void diesOnce() throws IOException {
            serves();
            worker.worker().die();
            worker.answersLast(1, "too late");
            worker.requests().cut(null);
            worker.worker().receiveLast();
            worker.worker().die();
            worker.worker().quit();
            worker.worker().retire();
            assertThat(events()).containsExactly("ready 1", "died 1 lost 0");
            assertThat(worker.control().told()).isEmpty();
        }

        @Test
        void isNoLongerOneOfItsPool() throws IOException {
            serves();
            assertThat(fixture.pool.find(1)).isSameAs(worker.worker());
            worker.worker().die();
            assertThat(fixture.pool.find(1)).isNull();
            assertThat(directory.resolve("board-1")).doesNotExist();
        }

        @Test
        void isNotLate() {
            worker.worker().die();
            fixture.timers.advance(PoolFixture.STARTUP);
            assertThat(events()).containsExactly("died 1 lost 0");
        }

        @Test
        void isNotKilledForRequestsThatDidNotEnd() throws IOException {
            serves();
            asks();
            fixture.turn();
            worker.worker().retire();
            worker.worker().die();
            fixture.timers.advance(PoolFixture.DRAIN);
            assertThat(worker.process().wasKilled()).isFalse();
        }
    }

    /** Or it would come behind the order to give it back, to a worker that perhaps reads no more. */
    @Test
    void isSentWhatItWasGivenBeforeItIsAskedForIt() throws IOException {
        ScriptedWorker serving = fixture.serving(2);
        fixture.ask("/");
        assertThat(serving.requests().sent()).isEmpty();
        serving.worker().retire();
        assertThat(serving.requests().sent()).isNotEmpty();
        assertThat(serving.control().told()).containsExactly(RECALL);
    }
}
