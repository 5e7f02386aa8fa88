package dev.waitress.worker.pool;

import dev.waitress.loop.Timers;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** The operating system's side of one worker. */
public interface WorkerProcess {
    /** Status of an end that only its parent has learned, who is no more. */
    int UNKNOWN_STATUS = -1;

    /** What a status is more than the number of the signal that has ended it. */
    int SIGNALLED = 128;

    /** Its number for the system; as long as it is not there, that of the process that it comes from. */
    long pid();

    /** Does something as soon as it is there: at once, if it was started and not ordered. */
    default void whenStarted(Runnable action) {
        action.run();
    }

    /** It has connected, and says that this is its number. */
    default void connected(long pid) {}

    /** Whether a process is this one, or one that it has started in its place, as wrappers of Python do. */
    default boolean includes(long pid) {
        Optional<ProcessHandle> each = ProcessHandle.of(pid);
        while (each.isPresent() && each.get().pid() != pid()) {
            each = each.get().parent();
        }
        return each.isPresent();
    }

    /**
     * Calls back, on some thread, with the exit status; a status above {@link #SIGNALLED} is a signal's number plus
     * that.
     */
    void onExit(IntConsumer callback);

    /** Keeps open until its end what ends it when we are no more. */
    default void hold(Closeable leash) throws IOException {
        leash.close();
    }

    /** Asks its threads where they are; false if there is no way to ask them. */
    default boolean askForStacks() {
        return false;
    }

    /** Where its threads were when they were asked last, as far as they have said; empty if they have not. */
    default String stacks() {
        return "";
    }

    /**
     * Asks where its threads are, and tells that when it has had so long to say it: Python does so at once, or not at
     * all. Tells nothing, and at once, if there is no way to ask.
     */
    default void askForStacks(Timers timers, long nanos, Consumer<String> told) {
        if (askForStacks()) {
            timers.schedule(nanos, () -> told.accept(stacks()));
        } else {
            told.accept("");
        }
    }

    /** Ends it, if it is ours to end. */
    void kill();
}
