/** What the server counts, and how it tells that: in the text formats of Prometheus and OpenMetrics. */
@NullMarked
package dev.waitress.metrics;

import org.jspecify.annotations.NullMarked;
