package dev.waitress.worker.pool;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Numbers in a file that a worker has mapped: for each of its threads the id of the request that it began last. They
 * are there even after the worker was killed, and cost it one store per request instead of a message. The front reads
 * the file, and maps nothing that somebody might cut short under it. Event loop only.
 */
public final class BegunBoard implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    private final Path path;
    private final FileChannel file;
    private final ByteBuffer begun;

    /**
     * Makes the file, whose bytes are there before anybody maps it.
     *
     * @throws IOException for example because there is no room for it
     */
    public BegunBoard(Path path, int threads) throws IOException {
        this.path = path;
        begun = ByteBuffer.allocateDirect(Integer.BYTES * threads).order(ByteOrder.nativeOrder());
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            while (begun.hasRemaining()) {
                file.write(begun);
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    /** Removes the file. */
    @Override
    public void close() {
        try (file) {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // Where a file in use cannot go, it goes with its directory.
        }
    }

    /**
     * Id of the request begun last; 0 before the first.
     *
     * @param lastGiven returned if the file cannot be read: all that the worker was given may have begun then
     */
    public int lastBegun(int lastGiven) {
        try {
            begun.clear();
            while (begun.hasRemaining()) {
                if (file.read(begun, begun.position()) < 0) {
                    throw new IOException("it was cut short");
                }
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot read which requests have begun", e);
            return lastGiven;
        }
        int last = 0;
        for (int at = 0; at < begun.capacity(); at += Integer.BYTES) {
            int id = begun.getInt(at);
            if (id != 0 && (last == 0 || InFlight.isBegun(last, id))) {
                last = id;
            }
        }
        return last;
    }
}
