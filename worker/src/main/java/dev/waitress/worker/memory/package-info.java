/** Memory that the front shares with its workers: request bodies on the way there, large blocks on the way back. */
@NullMarked
package dev.waitress.worker.memory;

import org.jspecify.annotations.NullMarked;
