package dev.waitress.connection;

import dev.waitress.loop.LoopResources;
import dev.waitress.net.SocketErrors;
import dev.waitress.net.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Input of one client: what has come, and whether more can. Event loop only. */
final class Inbox {
    /** What a read has brought. */
    enum Outcome {
        NOTHING,
        SOME,
        /** As much as the buffer holds: there may be more. */
        FULL,
        END,
        BROKEN
    }

    private final LoopResources resources;
    private final Transport transport;
    private final SocketErrors errors;
    private boolean ended;

    Inbox(LoopResources resources, Transport transport, SocketErrors errors) {
        this.resources = resources;
        this.transport = transport;
        this.errors = errors;
    }

    /** Reads into the loop's buffer, once. */
    Outcome read() {
        ByteBuffer in = resources.readBuffer();
        int count;
        try {
            count = transport.read(in);
        } catch (IOException e) {
            errors.failed(e);
            return Outcome.BROKEN;
        }
        if (count < 0) {
            ended = true;
            transport.watchInput(false);
            return Outcome.END;
        }
        boolean full = !in.hasRemaining();
        in.flip();
        return count == 0 ? Outcome.NOTHING : full ? Outcome.FULL : Outcome.SOME;
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
