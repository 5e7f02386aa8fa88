/** Which trace a request belongs to: W3C's Trace Context, read and made. No I/O. */
@NullMarked
package dev.waitress.trace;

import org.jspecify.annotations.NullMarked;
