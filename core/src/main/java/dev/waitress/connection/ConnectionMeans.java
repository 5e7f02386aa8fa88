package dev.waitress.connection;

import dev.waitress.buffer.OverflowBuffer;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.loop.Turns;
import dev.waitress.net.SocketErrors;

/**
 * What every connection of a loop needs.
 *
 * @param overflowBytes of output that waits in memory; key {@code outbuf_overflow}
 * @param directory for output beyond that
 * @param errors what is said of sockets that fail
 */
record ConnectionMeans(Turns loop, int overflowBytes, PrivateDirectory directory, SocketErrors errors) {
    OverflowBuffer output() {
        return new OverflowBuffer(loop.resources().pool(), overflowBytes, directory);
    }
}
