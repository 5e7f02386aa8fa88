package dev.waitress.worker.pool;

import dev.waitress.worker.wire.FrameLink;
import org.jspecify.annotations.Nullable;

/** The two sockets on which one worker speaks. Event loop only. */
final class WorkerLinks {
    private @Nullable FrameLink requests;
    private @Nullable FrameLink control;

    /** One has arrived: that for {@code requests}, or that for {@code control}. */
    void add(String purpose, FrameLink link) {
        if (purpose.equals("requests") && requests == null) {
            requests = link;
        } else if (purpose.equals("control") && control == null) {
            control = link;
        } else {
            throw new IllegalArgumentException("a socket that it has no use for: " + purpose);
        }
    }

    boolean areComplete() {
        return requests != null && control != null;
    }

    void receive() {
        if (requests != null) {
            requests.receive();
        }
        if (control != null) {
            control.receive();
        }
    }

    void receiveLast() {
        if (requests != null) {
            requests.receiveLast();
        }
        if (control != null) {
            control.receiveLast();
        }
    }

    void close() {
        if (requests != null) {
            requests.close();
        }
        if (control != null) {
            control.close();
        }
    }
}
