/** One client: its connection, the requests that it sends and what it is sent, and the limits of all of them. */
@NullMarked
package dev.waitress.connection;

import org.jspecify.annotations.NullMarked;
