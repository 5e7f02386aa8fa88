package dev.waitress.worker.process;

import java.io.Closeable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** What tells that the application is to be loaded again. Thread-safe. */
interface Changes extends Closeable {
    /** For an application that is loaded once. */
    Changes NONE = new Changes() {
        @Override
        public void add(Instant since, List<Path> more) {}

        @Override
        public boolean isEmpty() {
            return true;
        }

        @Override
        public void close() {}
    };

    /** Watches these files too, which were read after that time: those that were changed since count as changed. */
    void add(Instant since, List<Path> more);

    /** Whether there is nothing whose change it could tell of. */
    boolean isEmpty();

    @Override
    void close();
}
