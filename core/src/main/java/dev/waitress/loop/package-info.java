/** The event loop: one thread that waits for sockets and time, and what it lends to those it calls. */
@NullMarked
package dev.waitress.loop;

import org.jspecify.annotations.NullMarked;
