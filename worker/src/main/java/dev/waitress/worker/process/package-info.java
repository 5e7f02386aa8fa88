/** Worker processes: how they start, connect, and are replaced. */
@NullMarked
package dev.waitress.worker.process;

import org.jspecify.annotations.NullMarked;
