package dev.waitress;

import dev.waitress.platform.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Notices SIGQUIT. Java keeps that signal for itself, prints what its threads do, and tells nobody. But its thread that
 * takes signals has woken for it, and Linux counts how often a thread has waited: when that number has changed, and no
 * signal has come that is ours, it was SIGQUIT (docs/adr/0020).
 */
final class QuitWatch {
    private static final long PERIOD_MILLIS = 500;

    /** The thread's name as the system has it, which is 15 bytes at most. */
    private static final String TAKER = "Signal Dispatch";

    /** Begins when a tool of the JDK first wants to attach, which it asks for by that signal. */
    private static final String ATTACHED = "Attach Listener";

    private static final String WAITED = "voluntary_ctxt_switches:";

    private final Path tasks;
    private final Path taker;
    private final IntSupplier taken;
    private final Runnable action;
    private boolean isAttached;
    private String waited = "";
    private int takenBefore;
    private boolean isSuspected;

    private QuitWatch(Path tasks, Path taker, IntSupplier taken, Runnable action) throws IOException {
        this.tasks = tasks;
        this.isAttached = thread(tasks, ATTACHED) != null;
        this.taker = taker;
        this.taken = taken;
        this.action = action;
    }

    /** Runs the action at each SIGQUIT from now on, where it can be noticed; soon after it, on a thread of its own. */
    static void begin(Runnable action) {
        QuitWatch watch = findOwn(action);
        if (watch != null) {
            Thread thread = new Thread(watch::run, "waitress-quit");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static @Nullable QuitWatch findOwn(Runnable action) {
        try {
            return find(Platform.current().requireProc().resolve("self/task"), Signals::taken, action);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /**
     * Looks for the thread that takes signals.
     *
     * @param tasks a folder for each thread of this process
     * @param taken how many signals have come that are ours
     * @return null if it cannot be found
     */
    static @Nullable QuitWatch find(Path tasks, IntSupplier taken, Runnable action) {
        try {
            Path taker = thread(tasks, TAKER);
            if (taker != null) {
                QuitWatch watch = new QuitWatch(tasks, taker, taken, action);
                watch.look();
                return watch;
            }
        } catch (IOException | RuntimeException e) {
            // Not Linux, or this folder is kept from us.
        }
        return null;
    }

    private static @Nullable Path thread(Path tasks, String name) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                if (isCalled(thread, name)) {
                    return thread;
                }
            }
        }
        return null;
    }

    private static boolean isCalled(Path thread, String name) {
        try {
            return Files.readString(thread.resolve("comm"), StandardCharsets.ISO_8859_1)
                    .startsWith(name);
        } catch (IOException e) {
            return false; // it has just ended
        }
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(PERIOD_MILLIS);
                look();
            }
        } catch (IOException | InterruptedException e) {
            // It was there before: whatever has changed, nobody can be told of a signal any more.
        }
    }

    /** One look. A signal of ours counts as taken a little later than it wakes the thread, so the next look decides. */
    void look() throws IOException {
        String waitedBefore = waited;
        try (Stream<String> lines = Files.lines(taker.resolve("status"), StandardCharsets.ISO_8859_1)) {
            waited = lines.filter(line -> line.startsWith(WAITED)).findFirst().orElse("");
        }
        boolean isOurs = taken.getAsInt() != takenBefore;
        takenBefore = taken.getAsInt();
        boolean wasSuspected = isSuspected && !isOurs;
        isSuspected = !waited.equals(waitedBefore) && !waitedBefore.isEmpty() && !isOurs;
        if (wasSuspected && !hasJustAttached()) {
            action.run();
        }
    }

    private boolean hasJustAttached() throws IOException {
        boolean wasAttached = isAttached;
        isAttached = wasAttached || thread(tasks, ATTACHED) != null;
        return isAttached && !wasAttached;
    }
}
