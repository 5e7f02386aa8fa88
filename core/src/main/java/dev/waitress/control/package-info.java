/** What operators ask of a running server over its control socket, and how it answers. */
@NullMarked
package dev.waitress.control;

import org.jspecify.annotations.NullMarked;
