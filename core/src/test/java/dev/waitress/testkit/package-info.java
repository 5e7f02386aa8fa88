/** What tests stand on instead of sockets, loops and time. */
@NullMarked
package dev.waitress.testkit;

import org.jspecify.annotations.NullMarked;
