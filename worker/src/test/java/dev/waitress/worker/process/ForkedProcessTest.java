package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.waitress.worker.fakes.FakeProcess;
import dev.waitress.worker.pool.WorkerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A real process, which passes for a child of one that there is not. */
@DisabledOnOs(OS.WINDOWS)
class ForkedProcessTest {
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(30);

    @TempDir
    private Path directory;

    private final FakeProcess parent = new FakeProcess(100);
    private final List<ForkedProcess> withdrawn = new ArrayList<>();
    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private Process sleeper;
    private ForkedProcess forked;

    @BeforeEach
    void start() throws IOException {
        sleeper = new ProcessBuilder("sleep", "600").start();
        parent.hasStarted(sleeper.pid());
        forked = new ForkedProcess(7, parent, directory.resolve("stacks"), withdrawn::add);
        forked.onExit(status::complete);
    }

    @AfterEach
    void end() {
        sleeper.destroyForcibly();
    }

    @Test
    void standsForItsParentUntilItIsThere() {
        parent.tells("importing");
        assertThat(forked.pid()).isEqualTo(parent.pid());
        assertThat(forked.askForStacks()).isTrue();
        assertThat(forked.stacks()).isEqualTo("importing");
        forked.connected(sleeper.pid());
        assertThat(forked.pid()).isEqualTo(sleeper.pid());
        assertThat(forked.askForStacks()).as("it has said nothing of that").isFalse();
    }

    @Test
    void tellsWhenItIsThere() {
        List<Long> told = new ArrayList<>();
        forked.whenStarted(() -> told.add(forked.pid()));
        assertThat(told).isEmpty();
        forked.connected(sleeper.pid());
        forked.connected(parent.pid());
        forked.whenStarted(() -> told.add(forked.pid()));
        assertThat(told).containsExactly(sleeper.pid(), sleeper.pid());
    }

    /** A parent in a container of its own knows processes by other numbers. */
    @Test
    void isNoProcessButAChildOfItsParent() {
        long other = ProcessHandle.current().pid();
        assertThatIllegalArgumentException().isThrownBy(() -> forked.connected(other));
        forked.kill();
        assertThat(withdrawn).containsExactly(forked);
    }

    @Test
    void isKilledAlsoWhenThatWasWantedBeforeItCame() throws InterruptedException {
        forked.kill();
        assertThat(withdrawn).containsExactly(forked);
        forked.connected(sleeper.pid());
        assertThat(sleeper.waitFor(LONG_NANOS, TimeUnit.NANOSECONDS)).isTrue();
    }

    @Test
    void endsAsItsParentSays() throws InterruptedException {
        forked.connected(sleeper.pid());
        forked.exited(3);
        forked.endWithin(0);
        assertThat(status).isCompletedWithValue(3);
        assertThat(sleeper.isAlive()).isTrue();
    }

    @Test
    void isKilledWhenItDoesNotEndInTime() throws InterruptedException {
        forked.connected(sleeper.pid());
        forked.endWithin(1);
        assertThat(sleeper.waitFor(LONG_NANOS, TimeUnit.NANOSECONDS)).isTrue();
    }

    @Test
    void outlivesItsParent() throws Exception {
        forked.connected(sleeper.pid());
        forked.orphaned(137);
        assertThat(status).isNotDone();
        forked.kill();
        assertThat(status.get(LONG_NANOS, TimeUnit.NANOSECONDS)).isEqualTo(WorkerProcess.UNKNOWN_STATUS);
        assertThat(LaunchedProcess.describe(WorkerProcess.UNKNOWN_STATUS)).isEqualTo("ended");
    }

    @Test
    void endsWithAParentThatHasNotForkedIt() {
        forked.orphaned(137);
        assertThat(status).isCompletedWithValue(137);
        forked.connected(sleeper.pid());
        assertThat(forked.isExpected()).isTrue();
    }
}
