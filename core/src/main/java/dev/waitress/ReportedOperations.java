package dev.waitress;

import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Operations, and what else is done when the application is loaded again, whoever has asked for that.
 *
 * @param files has other files read again
 * @param service tells a service manager of it
 */
record ReportedOperations(Operations operations, Runnable files, ServiceReport service, Executor loop)
        implements Operations {
    @Override
    public void reload(String reason, Consumer<Outcome> told) {
        files.run();
        loop.execute(service::reloads);
        operations.reload(reason, outcome -> {
            loop.execute(service::hasReloaded);
            told.accept(outcome);
        });
    }

    @Override
    public void addWorker(Consumer<Outcome> told) {
        operations.addWorker(told);
    }

    @Override
    public void removeWorker(Consumer<Outcome> told) {
        operations.removeWorker(told);
    }

    @Override
    public void inspect(boolean withStacks, Consumer<Inspection> told) {
        operations.inspect(withStacks, told);
    }
}
