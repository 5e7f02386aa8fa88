/** {@code waitress-serve}: options, the application, exit statuses, console log. */
@NullMarked
package dev.waitress.cli;

import org.jspecify.annotations.NullMarked;
