/** Lines for people and programs to read later, written where nobody waits for them. */
@NullMarked
package dev.waitress.log;

import org.jspecify.annotations.NullMarked;
