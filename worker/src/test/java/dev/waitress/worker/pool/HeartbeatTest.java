package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.worker.fakes.FakeLink;
import dev.waitress.worker.fakes.FakeProcess;
import dev.waitress.worker.fakes.FakeTimers;
import dev.waitress.worker.wire.ControlWriter;
import dev.waitress.worker.wire.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final Duration LONG = Duration.ofDays(3);
    private static final String PING = String.valueOf(Protocol.PING);

    private final FakeTimers timers = new FakeTimers();
    private final FakeLink link = new FakeLink();
    private final List<String> events = new ArrayList<>();
    /** What happens when it is read what has arrived. */
    private Runnable arriving = () -> {};

    private Heartbeat heartbeat = heartbeat(TIMEOUT);

    private Heartbeat heartbeat(Duration timeout) {
        ControlWriter control = new ControlWriter();
        control.sendOn(link);
        return new Heartbeat(
                new FakeProcess(100),
                timeout.toNanos(),
                timers,
                control,
                () -> arriving.run(),
                since -> events.add("hung " + since.toSeconds()));
    }

    private void misses(int count) {
        timers.advance(INTERVAL.multipliedBy(count));
    }

    @Test
    void isNoneBeforeItHasBegun() {
        timers.advance(LONG);
        assertThat(link.told()).isEmpty();
        assertThat(heartbeat.isSilent()).isFalse();
    }

    @Test
    void isNoneWithoutALimit() {
        heartbeat = heartbeat(Duration.ZERO);
        heartbeat.begin();
        timers.advance(LONG);
        assertThat(link.told()).isEmpty();
        assertThat(heartbeat.isSilent()).isFalse();
    }

    @Nested
    class OfAWorkerThatAnswers {
        @BeforeEach
        void begin() {
            heartbeat.begin();
        }

        @Test
        void asksOnceInAnInterval() {
            assertThat(link.told()).containsExactly(PING);
            heartbeat.answered();
            timers.advance(INTERVAL.minusNanos(1));
            assertThat(link.told()).isEmpty();
            timers.advance(Duration.ofNanos(1));
            assertThat(link.told()).containsExactly(PING);
        }

        @Test
        void goesOn() {
            for (int i = 0; i < 10; i++) {
                heartbeat.answered();
                timers.advance(INTERVAL);
                assertThat(heartbeat.isSilent()).isFalse();
            }
            assertThat(link.told()).hasSize(11);
        }

        /** Timers run before what has arrived in the same turn is read. */
        @Test
        void findsAnAnswerThatHasArrivedInTheTurnInWhichItLooks() {
            arriving = heartbeat::answered;
            timers.advance(LONG);
            assertThat(heartbeat.isSilent()).isFalse();
        }

        @Test
        void endsWithTheWorker() {
            heartbeat.end();
            link.told();
            timers.advance(LONG);
            assertThat(link.told()).isEmpty();
            assertThat(events).isEmpty();
        }

        @Test
        void endsWithAWorkerThatIsFoundDeadAsItLooks() {
            arriving = heartbeat::end;
            timers.advance(LONG);
            assertThat(heartbeat.isSilent()).isFalse();
            assertThat(link.told()).containsExactly(PING);
        }
    }

    @Nested
    class OfAWorkerThatDoesNot {
        @BeforeEach
        void begin() {
            heartbeat.begin();
        }

        @Test
        void isSilentAfterOneInterval() {
            timers.advance(INTERVAL.minusNanos(1));
            assertThat(heartbeat.isSilent()).isFalse();
            timers.advance(Duration.ofNanos(1));
            assertThat(heartbeat.isSilent()).isTrue();
            assertThat(heartbeat.isHung()).isFalse();
        }

        @Test
        void asksNoMoreThanOnce() {
            misses(3);
            assertThat(link.told()).containsExactly(PING);
        }

        @Test
        void isHungAfterItsTime() {
            timers.advance(TIMEOUT.minusNanos(1));
            assertThat(heartbeat.isHung()).isFalse();
            assertThat(events).isEmpty();
            timers.advance(Duration.ofNanos(1));
            assertThat(heartbeat.isHung()).isTrue();
            assertThat(events).containsExactly("hung 60");
        }

        @Test
        void saysSoAgainAfterTheSameTime() {
            timers.advance(TIMEOUT.multipliedBy(3));
            assertThat(events).containsExactly("hung 60", "hung 120", "hung 180");
        }

        @Test
        void answersAgain() {
            misses(3);
            heartbeat.answered();
            assertThat(heartbeat.isSilent()).isFalse();
            link.told();
            misses(1);
            assertThat(link.told()).as("is asked again").containsExactly(PING);
            misses(3);
            assertThat(heartbeat.isHung()).as("it had its time again").isFalse();
            misses(1);
            assertThat(events).containsExactly("hung 60");
        }

        @Test
        void answersAgainWhenItWasHung() {
            misses(4);
            heartbeat.answered();
            assertThat(heartbeat.isSilent()).isFalse();
            assertThat(heartbeat.isHung()).isFalse();
        }
    }

    /** The machine slept, or everything was stopped, or the clock is not to be trusted. */
    @Nested
    class OverALeapOfTheClock {
        @BeforeEach
        void begin() {
            heartbeat.begin();
        }

        @Test
        void isNotMissed() {
            timers.jump(LONG);
            assertThat(heartbeat.isSilent()).isFalse();
            misses(1);
            assertThat(heartbeat.isSilent())
                    .as("it had an interval for its answer")
                    .isTrue();
        }

        @Test
        void goesOnWhereItWas() {
            misses(3);
            timers.jump(LONG);
            assertThat(heartbeat.isHung()).isFalse();
            heartbeat.answered();
            misses(3);
            assertThat(events).isEmpty();
        }

        /** Again and again the worker may have had no time at all. */
        @Test
        void isNotMissedHoweverOften() {
            for (int i = 0; i < 10; i++) {
                timers.jump(LONG);
            }
            assertThat(heartbeat.isSilent()).isFalse();
        }

        /** A front that is only busy is late by less. */
        @Test
        void isMissedIfTheFrontWasALittleLate() {
            timers.jump(INTERVAL.multipliedBy(2));
            assertThat(heartbeat.isSilent()).isTrue();
        }
    }
}
