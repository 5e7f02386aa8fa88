/** HTTP/1 as bytes: how a request is read, and an answer written. No socket, thread, clock, file or log. */
@NullMarked
package dev.waitress.http1;

import org.jspecify.annotations.NullMarked;
