/** What the server tells of itself to those who watch it: that it lives, and whether it can answer requests. */
@NullMarked
package dev.waitress.health;

import org.jspecify.annotations.NullMarked;
