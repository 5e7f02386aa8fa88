package dev.waitress.worker;

import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import dev.waitress.worker.pool.WorkerPool;
import dev.waitress.worker.process.WorkerSource;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Has the loop do what an operator asks for. */
record WorkerOperations(WorkerSource source, WorkerPool pool, Executor loop) implements Operations {
    @Override
    public void reload(String reason, Consumer<Outcome> told) {
        loop.execute(() -> source.reload(reason, told));
    }

    @Override
    public void addWorker(Consumer<Outcome> told) {
        loop.execute(() -> told.accept(source.addWorker()));
    }

    @Override
    public void removeWorker(Consumer<Outcome> told) {
        loop.execute(() -> told.accept(source.removeWorker()));
    }

    @Override
    public void inspect(boolean withStacks, Consumer<Inspection> told) {
        loop.execute(() -> pool.inspect(withStacks, told));
    }
}
