package dev.waitress.worker.pool;

import dev.waitress.worker.wire.ControlReader;
import java.time.Duration;
import java.util.List;

/** Who is told how workers get on. */
public interface WorkerListener extends ControlReader.ApplicationListener {
    /** One has loaded the application, and serves when it is told to. */
    void ready(Worker worker);

    /** One cannot load the application. */
    void failed(Worker worker, LoadFailure failure);

    /** One has taken too long to load the application. */
    void late(Worker worker);

    /** One that serves has not answered for so long; told again and again as long as it is so. */
    void hung(Worker worker, Duration since);

    /** One does not get on: others may take what it has not begun. */
    void overloaded(Worker worker);

    /** One has served long enough. */
    void worn(Worker worker, Worn why);

    /** One has given back requests that it had not begun. */
    void gaveBack(List<WaitingRequest> unbegun);

    /**
     * One is no more.
     *
     * @param remains what becomes of its requests
     */
    void died(Worker worker, Remains remains);
}
