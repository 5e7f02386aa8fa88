package dev.waitress.cli;

import dev.waitress.Rights;
import dev.waitress.Server;
import dev.waitress.settings.Renewals;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.worker.Caller;
import dev.waitress.worker.PythonApplication;
import dev.waitress.worker.WorkerConfig;
import dev.waitress.worker.WorkerGateway;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.InvalidPathException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The front of a Python process that serves its own application: started by it, told by it when to end. */
public final class Attached {
    private static final int FAILED = 1;

    private Attached() {}

    /**
     * Serves until the process that started us says so, or is gone.
     *
     * @param arguments none, or the files from which orders come and to which reports go; then perhaps one more, if
     *     standard input is the socket to listen on
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        ProcessName.show("front");
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
            Server server = start(caller, log, hasSocket);
            server.endProcessIfFailed();
            obey(caller, server, log);
            return 0;
        } catch (IOException e) {
            return FAILED; // nobody is there to tell
        }
    }

    private static Server start(Caller caller, CallerLog log, boolean hasSocket)
            throws IOException, InterruptedException {
        try {
            Settings given = caller.readSettings(log::follow);
            Settings consistent = (hasSocket ? withInheritedSocket(given) : given).requireConsistent();
            Settings settings = requireNoConsole(requireOnceLoaded(consistent));
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
        } catch (InvalidPathException e) {
            caller.refused(Main.inexpressible(e));
            throw new IOException(e);
        } catch (IOException e) {
            caller.failed(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private static Settings withInheritedSocket(Settings given) throws IOException {
        if (System.inheritedChannel() instanceof ServerSocketChannel socket) {
            return given.with(Setting.SOCKETS, List.of(socket));
        }
        throw new SettingsException("sockets: must be a socket that can listen");
    }

    /** Its records go to Python's logging, which alone says what becomes of them. */
    private static Settings requireNoConsole(Settings settings) {
        for (Setting<?> setting : List.of(Setting.LOG_LEVEL, Setting.LOG_FORMAT)) {
            if (settings.isGiven(setting)) {
                throw new SettingsException(
                        setting.name() + ": under serve() Python's logging decides, by the logger 'waitress'");
            }
        }
        return settings;
    }

    /** The application is an object of the caller, which nobody but the caller can make again. */
    private static Settings requireOnceLoaded(Settings settings) {
        Renewals.refuse(settings, "serve() cannot load the application again; use waitress-serve");
        Rights.refuse(settings, "bind a socket as root, give up its rights, then serve(app, sockets=[socket])");
        if (settings.isGiven(Setting.PID_FILE)) {
            throw new SettingsException("pid_file: under serve() the process is the program's own: os.getpid()");
        }
        return settings;
    }

    private static void obey(Caller caller, Server server, CallerLog log) {
        try {
            caller.obey(atTerminal -> new Thread(() -> end(server, atTerminal), "waitress-stop").start(), log::follow);
        } catch (IOException e) {
            // Who would answer the requests is gone: there is nothing to wait for.
            server.abort();
        }
    }

    private static void end(Server server, boolean atTerminal) {
        if (atTerminal) {
            server.closeAtTerminal();
        } else {
            server.close();
        }
        System.exit(0);
    }
}
