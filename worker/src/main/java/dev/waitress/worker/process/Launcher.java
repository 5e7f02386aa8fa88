package dev.waitress.worker.process;

import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.wire.FrameLink;
import java.io.IOException;
import java.util.List;

/** Starts worker processes. Event loop only, but {@link #abandon}. */
public interface Launcher {
    /** Starts a worker of this number, beside those that serve. */
    Worker launch(int number) throws IOException;

    /** Starts one that loads the application anew, together with others. */
    default Worker launchSuccessor(int number) throws IOException {
        return launch(number);
    }

    /** Those that were started together serve from now on. */
    default void adopt() {}

    /** They will not serve. */
    default void discard() {}

    /** Takes over a connection that is of no worker; false if it is none of its own. */
    default boolean welcome(WorkerDoor.Introduction introduction, FrameLink link) throws IOException {
        return false;
    }

    /** What it starts, for messages. */
    String command();

    /** Starts nobody any more; what it has beside the workers goes with the last of them. */
    default void close() {}

    /** Processes that have not ended. On any thread. */
    List<StartedProcess> running();

    /** Ends them all, on whatever thread. */
    void abandon();
}
