package dev.waitress.cli;

import dev.waitress.Server;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.worker.Caller;
import dev.waitress.worker.PythonApplication;
import dev.waitress.worker.WorkerConfig;
import dev.waitress.worker.WorkerGateway;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The front of a Python process that serves its own application: started by it, told by it when to end. */
public final class Attached {
    private static final int FAILED = 1;

    private Attached() {}

    /** Serves until the process that started us says so, or is gone. */
    public static void main(String[] arguments) throws InterruptedException {
        Caller caller = new Caller(System.in, new FileOutputStream(FileDescriptor.out));
        System.setOut(System.err); // nobody else writes among the frames
        System.exit(run(caller));
    }

    private static int run(Caller caller) throws InterruptedException {
        Server.leaveSignalsToParent();
        CallerLog log = CallerLog.install(caller);
        try {
            Server server = start(caller, log);
            obey(caller, server, log);
            return 0;
        } catch (IOException e) {
            return FAILED; // nobody is there to tell
        }
    }

    private static Server start(Caller caller, CallerLog log) throws IOException, InterruptedException {
        try {
            Settings settings = caller.readSettings(log::follow).requireConsistent();
            WorkerConfig config = new WorkerConfig(List.of(), PythonApplication.named("", false), settings);
            CompletableFuture<WorkerGateway> gateway = new CompletableFuture<>();
            Server server = Server.start(settings, (loop, directory) -> {
                gateway.complete(WorkerGateway.attach(config, loop, directory));
                return gateway.join();
            });
            caller.started(gateway.join(), server.addresses());
            return server;
        } catch (SettingsException e) {
            caller.refused(String.valueOf(e.getMessage()));
            throw new IOException(e);
        } catch (IOException e) {
            caller.failed(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private static void obey(Caller caller, Server server, CallerLog log) {
        try {
            caller.obey(() -> new Thread(() -> end(server), "waitress-stop").start(), log::follow);
        } catch (IOException e) {
            // Who would answer the requests is gone: there is nothing to wait for.
            server.abort();
        }
    }

    private static void end(Server server) {
        server.close();
        System.exit(0);
    }
}
