package dev.waitress.worker;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A number in a file that a worker and the front have mapped: the id of the request that the worker began last. It is
 * there even after the worker was killed, and costs it one store per request instead of a message.
 */
final class BegunBoard {
    private static final int BYTES = 8;

    private final Path path;
    private final MappedByteBuffer memory;

    BegunBoard(Path path) throws IOException {
        this.path = path;
        try (FileChannel file = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            memory = file.map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
        }
        memory.order(ByteOrder.nativeOrder());
        memory.putInt(0, 0);
    }

    Path path() {
        return path;
    }

    /** Id of the request begun last; 0 before the first. */
    int lastBegun() {
        return memory.getInt(0);
    }
}
