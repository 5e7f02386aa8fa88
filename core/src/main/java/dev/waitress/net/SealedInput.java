package dev.waitress.net;

import dev.waitress.buffer.Lease;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;

/** What comes from the wire of an encrypted connection; the beginning of a record waits here for its end. */
final class SealedInput {
    private static final byte[] NOTHING = {};

    private final Transport wire;
    private final Lease lease;
    private byte[] kept = NOTHING;

    SealedInput(Transport wire, Lease lease) {
        this.wire = wire;
        this.lease = lease;
    }

    /**
     * Fills a buffer with what was kept, and with what is here.
     *
     * @return what {@link Transport#read} has returned
     */
    int fill(ByteBuffer in) throws IOException {
        in.put(kept);
        return wire.read(in);
    }

    /**
     * Keeps what was not used.
     *
     * @throws SSLException if there is no memory for it
     */
    void keep(ByteBuffer rest) throws SSLException {
        int count = rest.remaining();
        if (count == 0 && kept.length == 0) {
            return;
        }
        if (!lease.resizeTo(count)) {
            throw new SSLException("there is no memory for the beginning of a record");
        }
        kept = count == 0 ? NOTHING : new byte[count];
        rest.get(kept);
    }

    boolean isEmpty() {
        return kept.length == 0;
    }

    void close() {
        kept = NOTHING;
        lease.close();
    }
}
