/** What the server's parts cost. */
@NullMarked
package dev.waitress.bench;

import org.jspecify.annotations.NullMarked;
