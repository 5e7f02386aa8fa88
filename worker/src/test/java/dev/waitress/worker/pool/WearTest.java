package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.worker.fakes.ScriptedWorker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a worker has served long enough. */
class WearTest {
    @TempDir
    private Path directory;

    private ScriptedWorker serve(PoolFixture fixture) throws IOException {
        return fixture.serving(1);
    }

    private static void answer(PoolFixture fixture, ScriptedWorker worker, int requests) {
        for (int id = 1; id <= requests; id++) {
            fixture.ask("/");
            fixture.turn();
            worker.answers(id, "");
        }
    }

    @Test
    void comesAfterSoManyAnswers() throws IOException {
        PoolFixture fixture = new PoolFixture(directory, 1, new Wear(3, 0, 0), true);
        ScriptedWorker worker = serve(fixture);
        answer(fixture, worker, 2);
        assertThat(fixture.events()).containsExactly("ready 1");
        fixture.ask("/");
        fixture.turn();
        worker.answers(3, "");
        assertThat(fixture.events()).containsExactly("ready 1", "worn 1 it has answered 3 requests");
    }

    @Test
    void isToldOnce() throws IOException {
        PoolFixture fixture = new PoolFixture(directory, 1, new Wear(1, 0, 0), true);
        answer(fixture, serve(fixture), 3);
        assertThat(fixture.events()).containsExactly("ready 1", "worn 1 it has answered 1 requests");
    }

    @Test
    void neverComesWithoutLimits() throws IOException {
        PoolFixture fixture = new PoolFixture(directory, 1);
        answer(fixture, serve(fixture), 100);
        fixture.timers.advance(Duration.ofDays(365));
        assertThat(fixture.events()).containsExactly("ready 1");
    }

    @Test
    void comesWithAge() throws IOException {
        PoolFixture fixture = new PoolFixture(
                directory, 1, new Wear(0, 0, Duration.ofSeconds(60).toNanos()), true);
        serve(fixture);
        fixture.timers.advance(Duration.ofSeconds(60).minusNanos(1));
        assertThat(fixture.events()).containsExactly("ready 1");
        fixture.timers.advance(Duration.ofNanos(1));
        assertThat(fixture.events()).containsExactly("ready 1", "worn 1 it has served for 60 s");
    }

    @Test
    void isNoNewsOfOneThatEndsAnyway() throws IOException {
        PoolFixture fixture = new PoolFixture(
                directory, 1, new Wear(0, 0, Duration.ofSeconds(60).toNanos()), true);
        serve(fixture).worker().quit();
        fixture.timers.advance(Duration.ofSeconds(60));
        assertThat(fixture.events()).doesNotContain("worn 1 it has served for 60 s");
    }

    @Test
    void comesAtDifferentTimesWithJitter() {
        Wear wear = new Wear(100, 10, 0);
        Random random = new Random(1);
        assertThat(LongStream.range(0, 1000)
                        .map(i -> wear.requests(random))
                        .distinct()
                        .boxed())
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(100, 110).boxed().toList());
        assertThat(new Wear(0, 10, 0).requests(random)).as("no limit").isZero();
        assertThat(new Wear(7, 0, 0).requests(random)).isEqualTo(7);
    }
}
