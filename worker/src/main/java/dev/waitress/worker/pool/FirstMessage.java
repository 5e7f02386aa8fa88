package dev.waitress.worker.pool;

import dev.waitress.worker.wire.MarshalWriter;
import java.nio.file.Path;

/** Writes what a worker has to know before it can load the application. */
@FunctionalInterface
public interface FirstMessage {
    /**
     * As one marshal value.
     *
     * @param board file of its {@link WorkerBoard}
     * @param byDescriptor whether it is to name the files of responses by their descriptors
     */
    MarshalWriter write(Path board, boolean byDescriptor);
}
