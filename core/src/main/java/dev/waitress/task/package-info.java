/** Java applications on task threads. */
@NullMarked
package dev.waitress.task;

import org.jspecify.annotations.NullMarked;
