package dev.waitress.worker.process;

import dev.waitress.worker.pool.Worker;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.ObjIntConsumer;

/** Starts workers, counts them, and knows whose end is no news: they were to end. Event loop only. */
final class Launches {
    private final Launcher launcher;
    private final Executor loop;
    private final ObjIntConsumer<Worker> exited;
    private final Set<Worker> dismissed = new HashSet<>();
    private int launched;

    /** Tells {@code exited} of each process that has ended, with its status. */
    Launches(Launcher launcher, Executor loop, ObjIntConsumer<Worker> exited) {
        this.launcher = launcher;
        this.loop = loop;
        this.exited = exited;
    }

    /** One more of what serves. */
    Worker launch() throws IOException {
        return watched(launcher.launch(++launched));
    }

    /** One that loads the application anew, together with others. */
    Worker launchSuccessor() throws IOException {
        return watched(launcher.launchSuccessor(++launched));
    }

    /** Those that have loaded it together serve. */
    void adopt() {
        launcher.adopt();
    }

    /** They will not. */
    void discard() {
        launcher.discard();
    }

    private Worker watched(Worker worker) {
        worker.process().onExit(status -> loop.execute(() -> exited.accept(worker, status)));
        return worker;
    }

    /** What is started, for messages. */
    String command() {
        return launcher.command();
    }

    /** It finishes what it runs, and ends. */
    void dismiss(Worker worker) {
        dismissed.add(worker);
        worker.retire();
    }

    /** It ends now; it was said why. */
    void kill(Worker worker) {
        dismissed.add(worker);
        worker.process().kill();
    }

    /** Whether it was to end; asked once, when it has. */
    boolean wasDismissed(Worker worker) {
        return dismissed.remove(worker);
    }

    /** It has ended, and nobody will ask. */
    void forget(Worker worker) {
        dismissed.remove(worker);
    }
}
