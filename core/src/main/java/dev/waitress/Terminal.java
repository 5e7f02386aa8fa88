package dev.waitress;

import java.io.FileInputStream;
import java.io.IOException;

/**
 * The terminal at which a process was started. When it closes, the system sends the SIGHUP that others send as an
 * order.
 */
final class Terminal {
    /** The terminal of whoever opens it; it cannot be opened where there is none. */
    private static final String OWN = "/dev/tty";

    private final String path;
    private final boolean wasThere;

    Terminal(String path) {
        this.path = path;
        wasThere = isThere();
    }

    static Terminal ofThisProcess() {
        return new Terminal(OWN);
    }

    /** Whether there was one at the start, and there is none any more. */
    boolean isGone() {
        return wasThere && !isThere();
    }

    private boolean isThere() {
        try (FileInputStream terminal = new FileInputStream(path)) {
            return terminal.getFD().valid();
        } catch (IOException e) {
            return false;
        }
    }
}
