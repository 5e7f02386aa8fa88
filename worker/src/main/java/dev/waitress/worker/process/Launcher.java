package dev.waitress.worker.process;

import dev.waitress.worker.pool.Worker;
import java.io.IOException;
import java.util.List;

/** Starts worker processes. Event loop only, but {@link #abandon}. */
public interface Launcher {
    /** Starts a worker of this number. */
    Worker launch(int number) throws IOException;

    /** What it starts, for messages. */
    String command();

    /** Processes that have not ended. */
    List<LaunchedProcess> running();

    /** Ends them all, on whatever thread. */
    void abandon();
}
