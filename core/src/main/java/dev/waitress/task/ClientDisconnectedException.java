package dev.waitress.task;

import java.io.IOException;

/** Stops an application whose client is gone. */
final class ClientDisconnectedException extends IOException {
    private static final long serialVersionUID = 1L;

    ClientDisconnectedException() {
        super("the client disconnected");
    }
}
