/** HTTP/1 as bytes: how an answer is written. No input or output, no clock, no log. */
@NullMarked
package dev.waitress.http1;

import org.jspecify.annotations.NullMarked;
