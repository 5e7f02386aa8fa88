/** What differs between the systems that the server runs on. */
@NullMarked
package dev.waitress.platform;

import org.jspecify.annotations.NullMarked;
