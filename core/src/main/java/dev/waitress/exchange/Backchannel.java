package dev.waitress.exchange;

import org.jspecify.annotations.Nullable;

/**
 * What a response tells back to whoever produces it: how much of it has left, and that its client goes. Nobody may
 * produce it yet. Event loop only.
 */
final class Backchannel {
    private @Nullable Producer producer;
    private boolean clientClosed;

    /** Bytes of the body that the producer knows to have left. */
    private long reported;

    @Nullable
    Producer producer() {
        return producer;
    }

    /** From now on this one is told, and at once what holds already. */
    void leadTo(Producer newProducer) {
        producer = newProducer;
        if (clientClosed) {
            newProducer.clientClosed();
        }
    }

    /** So many bytes have left since. */
    void drained(long bytes) {
        if (producer != null && bytes > 0) {
            reported += bytes;
            producer.drained(bytes);
        }
    }

    /** So many bytes have left in all. */
    void drainedUpTo(long bytes) {
        drained(bytes - reported);
    }

    void clientClosed() {
        clientClosed = true;
        if (producer != null) {
            producer.clientClosed();
        }
    }

    void clientGone() {
        if (producer != null) {
            producer.clientGone();
        }
    }
}
