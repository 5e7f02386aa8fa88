package dev.waitress.task;

import dev.waitress.exchange.Occupation;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A thread that runs requests, and the one that it runs now. The thread says so itself; others look. */
final class TaskThread {
    /** Calls that are shown, the innermost ones. */
    private static final int MOST_FRAMES = 60;

    private final int number;
    private final Thread thread;
    private volatile @Nullable AppTask running;

    /** A daemon, not started yet, that does this. */
    TaskThread(int number, ThreadKind kind, Consumer<TaskThread> work) {
        this.number = number;
        thread = kind.unstarted("waitress-" + number, () -> work.accept(this));
        thread.setDaemon(true);
    }

    /** Its number among those that there are. */
    int number() {
        return number;
    }

    void start() {
        thread.start();
    }

    void interrupt() {
        thread.interrupt();
    }

    void begins(AppTask task) {
        running = task;
    }

    void rests() {
        running = null;
    }

    /** What it does; null if it waits for a request. Thread-safe. */
    @Nullable
    Occupation occupation(boolean withStack, long nowNanos) {
        AppTask task = running;
        if (task == null) {
            return null;
        }
        String stack = withStack ? stack() : "";
        return new Occupation(thread.getName(), task.line(), Math.max(0, nowNanos - task.begunNanos()), stack);
    }

    private String stack() {
        StackTraceElement[] calls = thread.getStackTrace();
        String shown = Arrays.stream(calls)
                .limit(MOST_FRAMES)
                .map(call -> "  at " + call + "\n")
                .collect(Collectors.joining());
        int left = calls.length - MOST_FRAMES;
        return left > 0 ? shown + "  [... " + left + " more frames ...]\n" : shown;
    }
}
