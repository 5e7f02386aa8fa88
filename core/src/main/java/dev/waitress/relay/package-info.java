/** Requests that one loop takes in and another one has answered. */
@NullMarked
package dev.waitress.relay;

import org.jspecify.annotations.NullMarked;
