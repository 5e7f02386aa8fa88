/** What plain HTTP is for beside HTTPS: it sends clients there, and proves to authorities whose host this is. */
@NullMarked
package dev.waitress.redirect;

import org.jspecify.annotations.NullMarked;
