/** Sockets, readiness and time: the loop, its listeners and the connections of clients. */
@NullMarked
package dev.waitress.channel;

import org.jspecify.annotations.NullMarked;
