/** The worker protocol: bytes to messages and back. Nothing here does input or output, tells the time, or logs. */
@NullMarked
package dev.waitress.worker.wire;

import org.jspecify.annotations.NullMarked;
