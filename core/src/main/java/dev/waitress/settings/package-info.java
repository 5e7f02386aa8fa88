/** The table of settings, how each is read, and the values of one server. */
@NullMarked
package dev.waitress.settings;

import org.jspecify.annotations.NullMarked;
