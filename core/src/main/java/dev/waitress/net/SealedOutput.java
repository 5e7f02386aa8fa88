package dev.waitress.net;

import dev.waitress.buffer.Lease;
import dev.waitress.loop.RecordBuffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What goes to the wire of an encrypted connection: sealed records that the system has not taken wait here. */
final class SealedOutput {
    private final Transport wire;
    private final Lease lease;
    private @Nullable ByteBuffer held;

    SealedOutput(Transport wire, Lease lease) {
        this.wire = wire;
        this.lease = lease;
    }

    boolean isEmpty() {
        return held == null;
    }

    /** Sends what waits; returns how many bytes the system takes. */
    long flush() throws IOException {
        ByteBuffer waiting = held;
        if (waiting == null) {
            return 0;
        }
        long taken = wire.output().write(waiting);
        if (!waiting.hasRemaining()) {
            close();
        }
        return taken;
    }

    /** Whether there is memory to hold several records, should the system take none. */
    boolean mayHoldSeveral() {
        return lease.resizeTo(RecordBuffers.SEALED_BYTES);
    }

    /** Sends records behind those that wait. */
    void send(ByteBuffer records) throws IOException {
        if (held == null) {
            wire.output().write(records);
        }
        if (records.hasRemaining()) {
            int waiting = held == null ? 0 : held.remaining();
            ByteBuffer joined = ByteBuffer.allocate(waiting + records.remaining());
            if (held != null) {
                joined.put(held);
            }
            held = joined.put(records).flip();
            boolean unused = lease.resizeTo(joined.capacity()); // one record is held in any case
        } else if (held == null) {
            lease.close();
        }
    }

    void close() {
        held = null;
        lease.close();
    }
}
