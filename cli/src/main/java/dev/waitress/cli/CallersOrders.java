package dev.waitress.cli;

import dev.waitress.Server;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import dev.waitress.worker.Orders;
import dev.waitress.worker.WorkerGateway;
import java.util.concurrent.CompletableFuture;

/**
 * Carries out what the Python process orders that started this front; it gives no orders to a server before that has
 * started.
 */
record CallersOrders(CompletableFuture<Server> server, CompletableFuture<WorkerGateway> gateway, CallerLog log)
        implements Orders {
    @Override
    public void stop(boolean isAtTerminal) {
        Server ending = server.join();
        new Thread(isAtTerminal ? ending::closeAtTerminal : ending::close, "waitress-stop").start();
    }

    @Override
    public void level(int pythonLevel) {
        log.follow(pythonLevel);
    }

    @Override
    public void reload() {
        operations().reload("SIGHUP", Outcome::ignore);
    }

    @Override
    public void addWorker() {
        operations().addWorker(Outcome::ignore);
    }

    @Override
    public void removeWorker() {
        operations().removeWorker(Outcome::ignore);
    }

    @Override
    public void reopenLogs() {
        server.join().reopenLogs();
    }

    private Operations operations() {
        return gateway.join().operations();
    }
}
