package dev.waitress.channel;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;

/** Which errors of client sockets an operator hears of: all but that a client left, unless the settings say none. */
record SocketErrors(boolean logged) {
    private static final Logger LOG = System.getLogger("waitress");

    /** RFC 9112 §9.5: either side may close at any time. The JDK tells these apart by the system's words only. */
    private static final Set<String> LEFT = Set.of(
            "Connection reset",
            "Connection reset by peer",
            "Broken pipe",
            "Software caused connection abort",
            "Transport endpoint is not connected",
            "Socket is not connected");

    static SocketErrors of(Settings settings) {
        return new SocketErrors(settings.get(Setting.LOG_SOCKET_ERRORS));
    }

    /** Reading or writing failed. */
    void failed(IOException error) {
        if (!logged || LEFT.contains(String.valueOf(error.getMessage()))) {
            LOG.log(Level.TRACE, "a client left", error);
        } else {
            LOG.log(Level.ERROR, "Socket error", error);
        }
    }

    /** A client could not be accepted. */
    void notAccepted(IOException error) {
        LOG.log(logged ? Level.WARNING : Level.TRACE, "server accept() threw an exception", error);
    }
}
