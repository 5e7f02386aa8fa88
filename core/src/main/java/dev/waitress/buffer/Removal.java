package dev.waitress.buffer;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** The removal of many files: one that cannot go keeps none of the others. One thread. */
final class Removal {
    private static final Logger LOG = System.getLogger("waitress");

    private @Nullable IOException failure;

    /** Removes one of them. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    void attempt(Step step) {
        try {
            step.run();
        } catch (NoSuchFileException e) {
            LOG.log(Level.TRACE, "somebody else was quicker", e);
        } catch (IOException e) {
            // Folders that are not empty because of it come later.
            failure = failure == null ? e : failure;
        }
    }

    /** Fails with the first failure, if there was one. */
    void check() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }
}
