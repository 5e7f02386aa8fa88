package dev.waitress.worker.process;

import java.io.Closeable;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** What tells that the application is to be loaded again. Thread-safe. */
public interface Changes extends Closeable {
    /** For an application that is loaded once. */
    Changes NONE = new Changes() {
        @Override
        public void tell(Consumer<String> listener) {}

        @Override
        public void add(Instant since, List<Path> more) {}

        @Override
        public boolean isEmpty() {
            return true;
        }

        @Override
        public void close() {}
    };

    /** Begins to tell, on whatever thread, what has changed. Called once. */
    void tell(Consumer<String> listener);

    /** Watches these files too, which were read after that time: those that were changed since count as changed. */
    void add(Instant since, List<Path> more);

    /** Whether there is nothing whose change it could tell of. */
    boolean isEmpty();

    @Override
    void close();
}
