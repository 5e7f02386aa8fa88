/** What stands for the loop, the sockets and the processes in tests of the workers. */
@NullMarked
package dev.waitress.worker.fakes;

import org.jspecify.annotations.NullMarked;
