/** Waitress for the JVM: start a server, ask where it listens, end it. */
@NullMarked
package dev.waitress;

import org.jspecify.annotations.NullMarked;
