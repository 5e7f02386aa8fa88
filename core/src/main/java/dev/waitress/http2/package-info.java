/** HTTP/2 as bytes: frames, HPACK, windows. No socket, thread, clock, file or log. RFC 9113 and RFC 7541. */
@NullMarked
package dev.waitress.http2;

import org.jspecify.annotations.NullMarked;
