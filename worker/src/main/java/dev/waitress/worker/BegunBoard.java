package dev.waitress.worker;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Numbers in a file that a worker and the front have mapped: for each of the worker's threads the id of the request
 * that it began last. They are there even after the worker was killed, and cost it one store per request instead of a
 * message.
 */
final class BegunBoard {
    private final Path path;
    private final IntBuffer begun;

    BegunBoard(Path path, int threads) throws IOException {
        this.path = path;
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            begun = file.map(FileChannel.MapMode.READ_WRITE, 0, (long) Integer.BYTES * threads)
                    .order(ByteOrder.nativeOrder())
                    .asIntBuffer();
        }
    }

    Path path() {
        return path;
    }

    /** Removes the file; what it holds can still be read. */
    void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // Where a file in use cannot go, it goes with its directory.
        }
    }

    /** Id of the request begun last; 0 before the first. */
    int lastBegun() {
        int last = 0;
        for (int thread = 0; thread < begun.capacity(); thread++) {
            int id = begun.get(thread);
            if (id != 0 && (last == 0 || InFlight.isBegun(last, id))) {
                last = id;
            }
        }
        return last;
    }
}
