/** Bytes in memory, then in a file: request bodies and output that waits for its client. */
@NullMarked
package dev.waitress.buffer;

import org.jspecify.annotations.NullMarked;
