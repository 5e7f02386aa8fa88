package dev.waitress.worker.process;

import dev.waitress.worker.pool.WorkerProcess;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker that a process of ours forks. Event loop only, but {@link #pid}, {@link #kill} and {@link #endWithin}.
 *
 * <pre>
 *                 connected, or its parent has said so
 *   EXPECTED ──────────────────────────────────────────► ALIVE ─────► ENDED
 *       │ kill: its parent withdraws it                                 ▲
 *       └───────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>As long as it is expected it is its parent that is waited for: that is whose number and stacks are shown.
 */
final class ForkedProcess implements StartedProcess {
    /** What {@code SIGKILL} makes of a process that never was. */
    static final int WITHDRAWN = SIGNALLED + 9;

    private final int number;
    private final WorkerProcess parent;
    private final StackFile stacks;
    private final Consumer<ForkedProcess> whenKilled;
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final List<Runnable> whenStarted = new ArrayList<>();

    /** 0 as long as it is expected. */
    private volatile long pid;

    /** Null also if it has ended before it was looked for. */
    private volatile @Nullable ProcessHandle handle;

    private volatile boolean isKilled;

    /**
     * One that its parent is to fork.
     *
     * @param whenKilled told, on whatever thread, that it is not wanted any more: before it is there, or while it lives
     */
    ForkedProcess(int number, WorkerProcess parent, Path stacks, Consumer<ForkedProcess> whenKilled) {
        this.number = number;
        this.parent = parent;
        this.stacks = new StackFile(stacks);
        this.whenKilled = whenKilled;
    }

    /** Which of the workers it is. */
    int number() {
        return number;
    }

    /** Where it is to say what its threads are at. */
    String stacksPath() {
        return stacks.path().toString();
    }

    boolean isExpected() {
        return pid == 0;
    }

    /** Whether it is not wanted any more. */
    boolean isKilled() {
        return isKilled;
    }

    @Override
    public long pid() {
        return isExpected() ? parent.pid() : pid;
    }

    // ---- Its life --------------------------------------------------------------------------------------------------

    /** Its parent has forked it, or it says so itself, whoever is first. */
    @Override
    public void connected(long newPid) {
        if (!isExpected() || ended.isDone()) {
            return;
        }
        Optional<ProcessHandle> found = ProcessHandle.of(newPid);
        if (found.isPresent() && !parent.includes(newPid)) {
            throw new IllegalArgumentException("process " + newPid + " is no child of process " + parent.pid());
        }
        handle = found.orElse(null);
        pid = newPid;
        if (isKilled) {
            kill();
        }
        whenStarted.forEach(Runnable::run);
        whenStarted.clear();
    }

    @Override
    public void whenStarted(Runnable action) {
        if (isExpected()) {
            whenStarted.add(action);
        } else {
            action.run();
        }
    }

    /** Its parent tells of its end. */
    void exited(int status) {
        stacks.remove();
        ended.complete(status);
    }

    /** Its parent has ended, in this way: nobody forks it any more, or knows how it ends. */
    void orphaned(int parentStatus) {
        ProcessHandle alive = handle;
        if (isExpected()) {
            exited(parentStatus);
        } else if (alive == null) {
            exited(UNKNOWN_STATUS);
        } else {
            var unused = alive.onExit().thenRun(() -> exited(UNKNOWN_STATUS));
        }
    }

    @Override
    public void onExit(IntConsumer callback) {
        var unused = ended.thenAccept(callback::accept);
    }

    @Override
    public void hold(Closeable leash) {
        var unused = ended.thenRun(() -> LaunchedProcess.closeQuietly(leash));
    }

    @Override
    public void kill() {
        isKilled = true;
        ProcessHandle alive = handle;
        if (alive != null) {
            alive.destroyForcibly();
        }
        whenKilled.accept(this);
    }

    @Override
    public void endWithin(long timeoutNanos) throws InterruptedException {
        if (!endsWithin(timeoutNanos)) {
            kill();
            endsWithin(TimeUnit.SECONDS.toNanos(1)); // who is killed ends, unless the system itself hangs
        }
    }

    private boolean endsWithin(long nanos) throws InterruptedException {
        try {
            ended.get(nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    // ---- Its stacks ------------------------------------------------------------------------------------------------

    @Override
    public boolean askForStacks() {
        return isExpected() ? parent.askForStacks() : stacks.ask(this);
    }

    @Override
    public String stacks() {
        return isExpected() ? parent.stacks() : stacks.answer();
    }
}
