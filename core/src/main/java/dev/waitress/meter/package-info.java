/** The application's own metrics, whichever process counts them. */
@NullMarked
package dev.waitress.meter;

import org.jspecify.annotations.NullMarked;
