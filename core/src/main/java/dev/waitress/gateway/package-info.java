/** The seam between a complete request and whatever answers it, and the one writer of answers. */
@NullMarked
package dev.waitress.gateway;

import org.jspecify.annotations.NullMarked;
