package dev.waitress.cli;

import dev.waitress.GatewayStarter;
import dev.waitress.Server;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.settings.Source;
import dev.waitress.worker.PythonFinder;
import dev.waitress.worker.WorkerConfig;
import dev.waitress.worker.WorkerFailedException;
import dev.waitress.worker.WorkerGateway;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** The command {@code waitress-serve}. */
public final class Main {
    private static final int FAILED = 1;

    private Main() {}

    /** Serves until it is told to end; the process ends with the status of {@code docs/cli.md}. */
    public static void main(String[] arguments) {
        ConsoleLog.install();
        System.exit(run(List.of(arguments), System.getenv(), System.out, System.err));
    }

    static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        try {
            CommandLine line = CommandLine.parse(arguments);
            if (line.has(Option.HELP)) {
                out.print(Help.text());
            } else if (line.has(Option.VERSION)) {
                out.println("waitress " + version());
            } else if (line.has(Option.PRINT_SETTINGS)) {
                List<Source> sources = sources(line, environment);
                out.print(SettingsReport.text(Source.merge(sources).requireConsistent(), sources));
            } else {
                serve(line, environment, out);
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

    /** The strongest first. */
    private static List<Source> sources(CommandLine line, Map<String, String> environment) {
        return List.of(Source.options(line.settings()), Source.variables(environment), Source.platform(environment));
    }

    private static void serve(CommandLine line, Map<String, String> environment, PrintStream out)
            throws UsageException, IOException, InterruptedException {
        String application = line.application();
        Settings settings = Source.merge(sources(line, environment)).requireConsistent();
        GatewayStarter starter = line.appClass().isEmpty()
                ? pythonApplication(line, settings, environment)
                : GatewayStarter.of(JavaApplication.load(application), settings);
        if (line.has(Option.CHECK)) {
            Server.check(settings, starter);
            out.println("OK: " + application + " can be served");
        } else {
            Server.start(settings, starter).serveUntilSignal();
        }
    }

    private static GatewayStarter pythonApplication(
            CommandLine line, Settings settings, Map<String, String> environment) throws UsageException {
        String python = PythonFinder.find(settings.get(Setting.PYTHON), environment);
        // A check tells of a fault, and waits for nobody to mend it.
        Settings own = line.has(Option.CHECK) ? settings.with(Setting.RELOAD, false) : settings;
        WorkerConfig config = new WorkerConfig(List.of(python), line.application(), line.has(Option.CALL), own);
        return (loop, directory) -> WorkerGateway.start(config, loop, directory);
    }
}
