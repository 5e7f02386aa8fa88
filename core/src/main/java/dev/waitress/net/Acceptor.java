package dev.waitress.net;

import dev.waitress.exchange.Peer;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Takes the clients that listeners accept. Event loop only. */
public interface Acceptor {
    /** Whether another client can be taken now; if not, listeners rest until they are resumed. */
    boolean canTakeOne();

    /**
     * Takes a client over.
     *
     * @throws IOException if that fails; who has accepted the client closes it then
     */
    void accepted(SocketChannel socket, Peer peer) throws IOException;
}
