package dev.waitress.connection;

import dev.waitress.loop.LoopResources;
import dev.waitress.net.SocketErrors;
import dev.waitress.net.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Input of one client: what has come, and whether more can. Event loop only. */
final class Inbox {
    /** Reads in a row, so that other connections have their turn. */
    private static final int MOST_READS = 16;

    private final LoopResources resources;
    private final Transport transport;
    private final SocketErrors errors;
    private long receivedBytes;
    private boolean ended;

    Inbox(LoopResources resources, Transport transport, SocketErrors errors) {
        this.resources = resources;
        this.transport = transport;
        this.errors = errors;
    }

    /**
     * Reads what is here, and on while more of what has begun arrives as fast as it is read: each turn of the loop has
     * its price.
     */
    Outcome read(ProtocolHandler handler) {
        long before = receivedBytes;
        int reads = 0;
        try {
            while (readOnce(handler) && ++reads < MOST_READS && handler.expectsMore()) {
                // once more
            }
        } catch (IOException e) {
            errors.failed(e);
            return Outcome.BROKEN;
        }
        return receivedBytes == before ? Outcome.NOTHING : Outcome.SOME;
    }

    /** True if there may be more to read at once. */
    private boolean readOnce(ProtocolHandler handler) throws IOException {
        ByteBuffer place = transport.readsAnywhere() ? handler.place() : null;
        ByteBuffer in = place == null ? transport.bufferOf(resources) : place;
        int count = transport.read(in);
        if (count < 0) {
            ended = true;
            transport.watchInput(false);
            handler.inputEnded();
            return false;
        }
        boolean mayHaveMore = transport.mayHaveMore(in);
        receivedBytes += count;
        if (place != null) {
            handler.placed(count);
        } else if (count > 0) {
            handler.received(in.flip());
        }
        return mayHaveMore;
    }

    /** Leaves what the client sends to the kernel, or takes it again. */
    void watch(boolean wanted) {
        transport.watchInput(wanted && !ended);
    }

    /** Whether what the client sends is read. */
    boolean isWatched() {
        return transport.isInputWatched();
    }

    /** Whether nothing more will come. */
    boolean hasEnded() {
        return ended;
    }
}
