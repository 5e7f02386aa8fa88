/** What differs between the systems that the server runs on, and how processes are started on any of them. */
@NullMarked
package dev.waitress.platform;

import org.jspecify.annotations.NullMarked;
