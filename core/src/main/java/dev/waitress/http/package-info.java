/** HTTP/1 on the wire, without I/O: bytes in, values out; no socket, thread, clock, file or log. */
@NullMarked
package dev.waitress.http;

import org.jspecify.annotations.NullMarked;
