package dev.waitress.connection;

import dev.waitress.exchange.Peer;
import java.nio.channels.SocketChannel;

/** The clients of another loop, as the one sees them that accepts for all. Called by that one. */
interface Branch {
    /** How many there are, with those that are on their way there. */
    int count();

    /** How many more can come without that one has to leave for another; 0 or less if none can. */
    int free();

    /** Whether one more can be taken there. */
    boolean hasRoom();

    /** Hands a client over, for good. */
    void take(SocketChannel socket, Peer peer);

    /** From now on every answer there ends its connection. */
    void sendAway();

    /** Nobody is handed over any more; calls back, over there, when the last client has its answer. */
    void drain(Runnable callback);
}
