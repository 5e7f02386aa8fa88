package dev.waitress.worker;

import dev.waitress.exchange.Operations;
import dev.waitress.worker.process.WorkerSource;
import java.util.concurrent.Executor;

/** Has the loop do what an operator asks for. */
record WorkerOperations(WorkerSource source, Executor loop) implements Operations {
    @Override
    public void reload(String reason) {
        loop.execute(() -> source.reload(reason));
    }

    @Override
    public void addWorker() {
        loop.execute(source::addWorker);
    }

    @Override
    public void removeWorker() {
        loop.execute(source::removeWorker);
    }
}
