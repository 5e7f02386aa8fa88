/** What messages of HTTP say, whatever their form on the wire. No socket, thread, clock, file or log. */
@NullMarked
package dev.waitress.http;

import org.jspecify.annotations.NullMarked;
