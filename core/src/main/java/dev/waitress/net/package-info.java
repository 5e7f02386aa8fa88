/** Sockets: those that listen, those of clients, and what the system says of them. */
@NullMarked
package dev.waitress.net;

import org.jspecify.annotations.NullMarked;
