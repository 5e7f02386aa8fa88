package dev.waitress.cli;

import dev.waitress.Server;
import dev.waitress.Waitress;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.worker.PythonFinder;
import dev.waitress.worker.WorkerConfig;
import dev.waitress.worker.WorkerFailedException;
import dev.waitress.worker.WorkerGateway;
import dev.waitress.wsgi.Application;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** The command {@code waitress-serve}. */
public final class Main {
    private static final int FAILED = 1;

    private Main() {}

    /** Serves until it is told to end; the process ends with the status of {@code docs/cli.md}. */
    public static void main(String[] arguments) {
        ConsoleLog.install();
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        try {
            CommandLine line = CommandLine.parse(arguments);
            if (line.wantsHelp()) {
                out.print(Help.text());
            } else if (line.wantsVersion()) {
                out.println("waitress " + version());
            } else {
                serve(line);
            }
            return 0;
        } catch (UsageException e) {
            err.println("Error: " + e.getMessage());
            err.println("Try 'waitress-serve --help'.");
            return FAILED;
        } catch (WorkerFailedException e) {
            return report(e, err);
        } catch (SettingsException | IOException e) {
            err.println("Error: " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }

    private static int report(WorkerFailedException failure, PrintStream err) {
        String message = String.valueOf(failure.getMessage());
        if (!message.isEmpty()) {
            err.println("Error: " + message);
        }
        err.print(failure.traceback());
        return failure.exitStatus();
    }

    private static void serve(CommandLine line) throws UsageException, IOException, InterruptedException {
        line.requireOne();
        Settings settings = line.settings().requireConsistent();
        Server server =
                line.appClass().isEmpty() ? startPython(line, settings) : Waitress.start(application(line), settings);
        server.serveUntilSignal();
    }

    private static Application application(CommandLine line) throws UsageException {
        return JavaApplication.load(line.appClass());
    }

    private static Server startPython(CommandLine line, Settings settings)
            throws UsageException, IOException, InterruptedException {
        String python = PythonFinder.find(settings.get(Setting.PYTHON), System.getenv());
        WorkerConfig config = new WorkerConfig(List.of(python), line.application(), line.isFactory(), settings);
        return Server.start(settings, (loop, directory) -> WorkerGateway.start(config, loop, directory));
    }
}
