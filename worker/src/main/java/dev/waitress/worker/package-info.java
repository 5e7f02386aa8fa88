/** Python applications in worker processes: life cycle, protocol, and which worker gets which request. */
@NullMarked
package dev.waitress.worker;

import org.jspecify.annotations.NullMarked;
