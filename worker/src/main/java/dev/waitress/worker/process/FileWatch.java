package dev.waitress.worker.process;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at files again and again, on a thread of its own, and tells of changes once they have come to rest: an editor
 * saves several files, one of them in several steps. Looking is enough for a few thousand files, and works on every
 * file system. Thread-safe, but {@link #tell} and {@link #close} are called by one thread.
 */
public final class FileWatch implements Changes {
    private static final long PERIOD_MILLIS = 500;

    /** Nothing has changed for so long: this is all. */
    private static final long REST_MILLIS = 150;

    /** What never comes to rest is told of after so many looks. */
    private static final int MOST_LOOKS = 20;

    private record Report(Instant since, List<Path> files) {}

    private final BlockingQueue<Report> reports = new LinkedBlockingQueue<>();
    private final WatchedFiles files;
    private @Nullable Thread thread;
    private volatile boolean empty;

    /**
     * A watch over files, directories and globs.
     *
     * @throws dev.waitress.settings.SettingsException if one of them cannot be watched
     */
    public FileWatch(List<String> extra) {
        this.files = new WatchedFiles(extra.stream().map(ExtraFiles::new).toList());
        this.empty = extra.isEmpty();
    }

    @Override
    public void tell(Consumer<String> listener) {
        Thread watching = new Thread(() -> run(listener), "waitress-watch");
        watching.setDaemon(true);
        watching.start();
        thread = watching;
    }

    @Override
    public void add(Instant since, List<Path> more) {
        if (!more.isEmpty()) {
            empty = false;
            reports.add(new Report(since, more));
        }
    }

    @Override
    public boolean isEmpty() {
        return empty;
    }

    private void run(Consumer<String> listener) {
        try {
            while (true) {
                Set<Path> changed = look(PERIOD_MILLIS);
                if (!changed.isEmpty()) {
                    listener.accept(describe(settle(changed)));
                }
            }
        } catch (InterruptedException e) {
            // Nobody is interested any more.
        }
    }

    private Set<Path> settle(Set<Path> first) throws InterruptedException {
        Set<Path> all = new TreeSet<>(first);
        for (int looks = 1; looks < MOST_LOOKS; looks++) {
            Set<Path> more = look(REST_MILLIS);
            if (more.isEmpty()) {
                break;
            }
            all.addAll(more);
        }
        return all;
    }

    /** What has changed since the last look; that is a while ago, in which new files may be reported. */
    private Set<Path> look(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        Report report;
        while ((report = next(deadline)) != null) {
            files.add(report.since, report.files);
        }
        return files.takeChanges();
    }

    private @Nullable Report next(long deadline) throws InterruptedException {
        return reports.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** {@code shop/views.py changed}, {@code shop/views.py and 2 more changed}. */
    private static String describe(Set<Path> changed) {
        Path here = Path.of("").toAbsolutePath();
        Path first = changed.iterator().next();
        Path shown = first.startsWith(here) ? here.relativize(first) : first;
        return shown + (changed.size() == 1 ? "" : " and " + (changed.size() - 1) + " more") + " changed";
    }

    @Override
    public void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
