package dev.waitress.worker.pool;

import dev.waitress.worker.wire.AnswerReader;
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
import java.util.Arrays;

/**
 * What a worker leaves behind in a file that it has mapped, also if it is killed: for each of its threads the id of the
 * request that it began last, and answers that it had ready and could not send any more. That costs it a few stores per
 * request instead of a message. The front reads the file, and maps nothing that somebody might cut short under it.
 * Event loop only.
 */
public final class WorkerBoard implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    /** For answers; a worker that has more to keep sends it at once. */
    private static final int WORDS_BYTES = 16 * 1024;

    private final Path path;
    private final FileChannel file;
    private final ByteBuffer begun;

    /**
     * Makes the file, whose bytes are there before anybody maps it.
     *
     * @throws IOException for example because there is no room for it
     */
    public WorkerBoard(Path path, int threads) throws IOException {
        this.path = path;
        begun = ByteBuffer.allocateDirect(Integer.BYTES * threads).order(ByteOrder.nativeOrder());
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            ByteBuffer empty = ByteBuffer.allocate(begun.capacity() + Integer.BYTES + WORDS_BYTES);
            while (empty.hasRemaining()) {
                file.write(empty);
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

    private void readFully(ByteBuffer target, int position) throws IOException {
        while (target.hasRemaining()) {
            if (file.read(target, position + target.position()) < 0) {
                throw new IOException("it was cut short");
            }
        }
    }

    /** Tells of the answers that were ready and perhaps not sent. */
    void tellLastWords(AnswerReader reader) {
        try {
            reader.messages(lastWords());
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the last words of a worker make no sense", e);
        }
    }

    /** Messages, one behind another. */
    byte[] lastWords() {
        ByteBuffer words = ByteBuffer.allocate(Integer.BYTES + WORDS_BYTES).order(ByteOrder.nativeOrder());
        try {
            readFully(words, begun.capacity());
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot read which answers were ready", e);
            return new byte[0];
        }
        int count = Math.max(0, Math.min(WORDS_BYTES, words.getInt(0)));
        return Arrays.copyOfRange(words.array(), Integer.BYTES, Integer.BYTES + count);
    }

    /**
     * Id of the request begun last; 0 before the first.
     *
     * @param lastGiven returned if the file cannot be read: all that the worker was given may have begun then
     */
    public int lastBegun(int lastGiven) {
        int last = 0;
        if (!readBegun()) {
            return lastGiven;
        }
        for (int at = 0; at < begun.capacity(); at += Integer.BYTES) {
            int id = begun.getInt(at);
            if (id != 0 && (last == 0 || InFlight.isBegun(last, id))) {
                last = id;
            }
        }
        return last;
    }

    /** Whether a request is left that no thread has begun, of those up to the one that the worker was given last. */
    boolean hasUnbegun(int lastGiven) {
        return !InFlight.isBegun(lastGiven, lastBegun(lastGiven));
    }

    /** Id of the request that each thread has begun last; 0 before the first, and of all if the file cannot be read. */
    int[] begun() {
        int[] ids = new int[begun.capacity() / Integer.BYTES];
        if (readBegun()) {
            begun.clear().asIntBuffer().get(ids);
        }
        return ids;
    }

    private boolean readBegun() {
        try {
            readFully(begun.clear(), 0);
            return true;
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot read which requests have begun", e);
            return false;
        }
    }
}
