package dev.waitress.worker;

import dev.waitress.worker.pool.Worker;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.process.WorkerDoor;
import dev.waitress.worker.process.WorkerSource;
import dev.waitress.worker.wire.FrameLink;
import dev.waitress.worker.wire.RequestEncoder;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** Sees to it that each connection gets to the worker, or to the process of workers, whose it is. Event loop only. */
record Reception(WorkerPool pool, WorkerSource source, RequestEncoder encoder) implements WorkerDoor.Arrival {
    private static final Logger LOG = System.getLogger("waitress");

    @Override
    public void arrived(WorkerDoor.Introduction introduction, FrameLink link) {
        try {
            if (source.welcome(introduction, link)) {
                return;
            }
            Worker worker = find(introduction);
            if (worker != null) {
                LOG.log(Level.DEBUG, () -> "worker " + introduction.pid() + " runs Python " + introduction.python());
                if (introduction.isPython2()) {
                    encoder.writeTextAsBytes();
                }
                worker.attach(introduction.purpose(), introduction.pid(), link);
                return;
            }
        } catch (IOException e) {
            LOG.log(Level.ERROR, "cannot take on a worker", e);
        }
        link.close();
    }

    private @Nullable Worker find(WorkerDoor.Introduction introduction) throws IOException {
        Worker known = pool.find(introduction.number());
        return known == null ? source.stranger(introduction) : known;
    }
}
