package dev.waitress.worker.process;

import dev.waitress.worker.pool.WorkerBoard;
import java.io.IOException;
import java.nio.file.Path;

/** Starts processes of Python's, and makes what workers need beside. Event loop only. */
public interface Starter {
    /** Starts a worker of this number. */
    StartedProcess worker(int number) throws IOException;

    /** Starts a process that loads the application and forks workers; its number is one among its like. */
    StartedProcess zygote(int number) throws IOException;

    /** Where a worker of this number leaves behind what it had begun. */
    WorkerBoard board(int number) throws IOException;

    /** Where a worker of this number says what its threads are at. */
    Path stacks(int number) throws IOException;

    /** What is started, for messages. */
    String command();
}
