/**
 * The workers that answer requests: which of them gets one, what each of them holds, and how long each of them lives.
 */
@NullMarked
package dev.waitress.worker.pool;

import org.jspecify.annotations.NullMarked;
