package dev.waitress.worker.pool;

import dev.waitress.worker.wire.FrameLink;
import org.jspecify.annotations.Nullable;

/** The two sockets on which one worker speaks. Event loop only. */
final class WorkerLinks {
    private @Nullable FrameLink requests;
    private @Nullable FrameLink control;

    /** One has arrived: that for requests, or else for control. */
    void add(FrameLink link, boolean isForRequests) {
        if ((isForRequests ? requests : control) != null) {
            throw new IllegalArgumentException("a second socket for " + (isForRequests ? "requests" : "control"));
        }
        if (isForRequests) {
            requests = link;
        } else {
            control = link;
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
