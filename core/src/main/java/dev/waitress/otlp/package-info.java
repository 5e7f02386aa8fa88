/** Spans of requests: they are put together on the loop, and sent to a collector by a thread. */
@NullMarked
package dev.waitress.otlp;

import org.jspecify.annotations.NullMarked;
