package dev.waitress.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A run of output bytes, wherever they lie: in memory, in a file, in memory shared with a worker. It is consumed from
 * its start, and closed when it is used up or dropped. Event loop only.
 */
public abstract class Segment implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    /** What follows in the {@link OverflowBuffer} that holds it. */
    @Nullable
    Segment next;

    /** Bytes that are left. */
    public abstract long remaining();

    /** Gives up all but the first of the bytes that are left. */
    public abstract void truncate(long bytes);

    /**
     * Hands on as much as the target takes now.
     *
     * @return bytes handed on
     * @throws IOException if the target takes no more at all, or the bytes have gone
     */
    public abstract long writeTo(WritableByteChannel target) throws IOException;

    /**
     * The same bytes for another thread, which uses them from now on instead of this one.
     *
     * @param owner has this thread do what it alone may: give back what holds the bytes
     */
    public Segment handedOver(Executor owner) {
        throw new UnsupportedOperationException("what waits for a client stays where that client is");
    }

    /** Gives back what holds the bytes. */
    @Override
    public abstract void close() throws IOException;

    /** Closes it where nobody can do anything about a failure. */
    public final void discard() {
        try {
            close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot give back what held a part of an answer", e);
        }
    }
}
