/** What a request says of its origin, and whether to believe it. */
@NullMarked
package dev.waitress.proxy;

import org.jspecify.annotations.NullMarked;
