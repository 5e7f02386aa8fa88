package dev.waitress.cli;

import dev.waitress.Server;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.worker.Assignment;
import dev.waitress.worker.Caller;
import dev.waitress.worker.WorkerConfig;
import dev.waitress.worker.WorkerFailedException;
import dev.waitress.worker.WorkerGateway;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.InvalidPathException;
import java.util.concurrent.CompletableFuture;

/** The front of a Python process that has asked for a server: started by it, told by it when to end. */
public final class Attached {
    private static final int FAILED = 1;

    private Attached() {}

    /**
     * Serves until the process that started us says so, or is gone, or the application asks for the end.
     *
     * @param arguments none, or the files from which orders come and to which reports go; then perhaps one more, if
     *     standard input is the socket to listen on
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        ProcessName.show("front");
        TlsProperties.set();
        boolean hasPipes = arguments.length > 0;
        InputStream orders = hasPipes ? new FileInputStream(arguments[0]) : System.in;
        OutputStream reports = hasPipes ? new FileOutputStream(arguments[1]) : new FileOutputStream(FileDescriptor.out);
        Caller caller = new Caller(orders, reports);
        System.setOut(System.err); // nobody else writes among the frames
        System.exit(run(caller, arguments.length > 2));
    }

    private static int run(Caller caller, boolean hasSocket) throws InterruptedException {
        Server.leaveSignalsToParent();
        CallerLog log = CallerLog.install(caller);
        try {
            start(caller, log, hasSocket).awaitEnd();
            return 0;
        } catch (IOException e) {
            return FAILED; // the caller knows why, or is gone
        }
    }

    private static Server start(Caller caller, CallerLog log, boolean hasSocket)
            throws IOException, InterruptedException {
        try {
            Assignment given = caller.readAssignment(log::follow);
            CompletableFuture<Server> starting = new CompletableFuture<>();
            CompletableFuture<WorkerGateway> gateway = new CompletableFuture<>();
            obeyInBackground(caller, starting, new CallersOrders(starting, gateway, log));
            Server server = start(given, CallersSettings.require(given, hasSocket), gateway);
            server.endProcessIfFailed();
            starting.complete(server);
            caller.started(gateway.join(), server.addresses(), server.urls());
            return server;
        } catch (SettingsException e) {
            caller.refused(String.valueOf(e.getMessage()));
            throw new IOException(e);
        } catch (InvalidPathException e) {
            caller.refused(Main.inexpressible(e));
            throw new IOException(e);
        } catch (WorkerFailedException e) {
            caller.unloadable(e);
            throw e;
        } catch (IOException e) {
            caller.failed(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private static Server start(Assignment given, Settings settings, CompletableFuture<WorkerGateway> gateway)
            throws IOException, InterruptedException {
        WorkerConfig config = new WorkerConfig(given.python(), given.application(), settings);
        return Server.start(settings, (loop, directory) -> {
            gateway.complete(
                    given.isByName()
                            ? WorkerGateway.start(config, loop, directory)
                            : WorkerGateway.attach(config, loop, directory));
            return gateway.join();
        });
    }

    /** The caller may be gone before the application is loaded, which takes as long as it likes. */
    private static void obeyInBackground(Caller caller, CompletableFuture<Server> starting, CallersOrders orders) {
        Thread thread = new Thread(() -> obey(caller, starting, orders), "waitress-orders");
        thread.setDaemon(true);
        thread.start();
    }

    private static void obey(Caller caller, CompletableFuture<Server> starting, CallersOrders orders) {
        try {
            caller.obey(orders);
        } catch (IOException e) {
            // Nobody holds the other end any more: there is nothing to wait for.
            if (starting.isDone()) {
                starting.join().abort();
            } else {
                System.exit(FAILED);
            }
        }
    }
}
