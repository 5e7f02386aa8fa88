package dev.waitress.net;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * What is said of sockets that fail. That a client leaves is no failure, however it does so: RFC 9112 §9.5 lets either
 * side close at any time. Event loop only.
 */
public final class SocketErrors {
    private static final Logger LOG = System.getLogger("waitress");

    /** How the systems say that the other side is gone, in lower case; Java has no error numbers. */
    private static final Set<String> LEFT = Set.of(
            "connection reset",
            "connection reset by peer",
            "broken pipe",
            "software caused connection abort",
            "transport endpoint is not connected",
            "socket is not connected",
            "cannot send after transport endpoint shutdown",
            "can't send after socket shutdown",
            "an existing connection was forcibly closed by the remote host",
            "an established connection was aborted by the software in your host machine");

    private final boolean logged;
    private boolean accepting = true;

    /** Says all or, where the settings say so, nothing. */
    public SocketErrors(Settings settings) {
        logged = settings.get(Setting.LOG_SOCKET_ERRORS);
    }

    /** Reading from a client, or writing to it, failed. */
    public void failed(IOException failure) {
        if (logged && !hasLeft(failure)) {
            LOG.log(Level.ERROR, "Socket error", failure);
        }
    }

    /**
     * A client could not be taken. What lasts, such as a want of descriptors, is said once, until {@link #accepted} is
     * called.
     */
    public void acceptFailed(Throwable failure) {
        if (logged && accepting && !hasLeft(failure)) {
            accepting = false;
            LOG.log(Level.WARNING, "server accept() threw an exception", failure);
        }
    }

    public void accepted() {
        accepting = true;
    }

    private static boolean hasLeft(Throwable failure) {
        return failure instanceof ClosedChannelException
                || failure instanceof SSLException // what it says makes no sense, or it does not trust us
                || LEFT.contains(String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT));
    }
}
