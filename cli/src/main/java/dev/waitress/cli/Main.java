package dev.waitress.cli;

import dev.waitress.GatewayStarter;
import dev.waitress.Server;
import dev.waitress.ini.IniException;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.settings.Source;
import dev.waitress.settings.Variables;
import dev.waitress.worker.NotifySocket;
import dev.waitress.worker.PythonApplication;
import dev.waitress.worker.PythonFinder;
import dev.waitress.worker.WorkerConfig;
import dev.waitress.worker.WorkerFailedException;
import dev.waitress.worker.WorkerGateway;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The command {@code waitress-serve}. */
public final class Main {
    private static final Logger LOG = System.getLogger("waitress");

    private static final int FAILED = 1;

    private Main() {}

    /** Serves until it is told to end; the process ends with the status of {@code docs/cli.md}. */
    public static void main(String[] arguments) {
        ConsoleLog.install();
        TlsProperties.set();
        System.exit(run(List.of(arguments), System.getenv(), System.out, System.err));
    }

    static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        if (Ctl.isMeant(arguments)) {
            return Ctl.run(arguments, environment, out, err);
        }
        try {
            obey(CommandLine.parse(arguments), environment, out);
            return 0;
        } catch (UsageException e) {
            err.println("Error: " + e.getMessage());
            if (!e.meant().isEmpty()) {
                err.println("Did you mean " + e.meant() + "?");
            }
            err.println("Try 'waitress-serve --help'.");
            return FAILED;
        } catch (WorkerFailedException e) {
            return report(e, err);
        } catch (SettingsException | IniException | IOException e) {
            err.println("Error: " + e.getMessage());
            return FAILED;
        } catch (InvalidPathException e) {
            err.println("Error: " + inexpressible(e));
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static void obey(CommandLine line, Map<String, String> environment, PrintStream out)
            throws UsageException, IOException, InterruptedException {
        if (LauncherRights.isAsked()) {
            // Who serves afterwards reads the same settings, and tells what is odd about them.
            ConsoleLog.silence();
            LauncherRights.plan(line, () -> Source.merge(sources(line, paste(line), environment)))
                    .forEach(out::println);
        } else if (line.has(Option.HELP)) {
            out.print(Help.text());
        } else if (line.has(Option.VERSION)) {
            out.println("waitress " + version());
        } else if (line.has(Option.PRINT_SETTINGS)) {
            List<Source> sources = sources(line, paste(line), environment);
            out.print(SettingsReport.text(Source.merge(sources).requireConsistent(), sources));
        } else {
            serve(line, environment, out);
        }
    }

    /** Names are bytes to the system, and text to Java. */
    static String inexpressible(InvalidPathException failure) {
        boolean isOfLocale = failure.getInput().indexOf('\0') < 0;
        return failure.getMessage()
                + (isOfLocale ? " (a name that this locale cannot express: set LC_ALL=C.UTF-8)" : "");
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

    private static @Nullable Paste paste(CommandLine line) throws UsageException, IOException {
        return line.has(Option.PASTE) ? Paste.of(line) : null;
    }

    /** The strongest first. */
    private static List<Source> sources(CommandLine line, @Nullable Paste paste, Map<String, String> environment)
            throws IOException {
        Source options = Source.options(line.settings());
        Source variables = Source.variables(environment);
        Source platform = Source.platform(environment);
        return paste == null
                ? List.of(options, variables, platform)
                : List.of(options, variables, paste.source(), platform);
    }

    private static void warn(Map<String, String> environment) {
        Variables.warnings(environment).forEach(warning -> LOG.log(Level.WARNING, warning));
    }

    private static void serve(CommandLine line, Map<String, String> environment, PrintStream out)
            throws UsageException, IOException, InterruptedException {
        Paste paste = paste(line);
        String application = paste == null ? line.application() : paste.title();
        List<Source> sources = new ArrayList<>(LauncherRights.sources());
        sources.addAll(sources(line, paste, environment));
        Settings given = Source.merge(sources).requireConsistent();
        ConsoleLog.follow(given);
        warn(environment);
        // A check tells of a fault, and waits for nobody to mend it.
        Settings settings = line.has(Option.CHECK) ? given.with(Setting.RELOAD, false) : given;
        GatewayStarter starter = paste == null
                ? starter(line, settings, environment)
                : paste.starter(settings, python(settings, environment));
        if (line.has(Option.CHECK)) {
            Server.check(settings, starter);
            out.println("OK: " + application + " can be served");
            return;
        }
        ProcessName.show("front");
        Server.serve(settings, starter, NotifySocket.find(python(settings, environment)), () -> {
            if (paste != null) {
                out.println("Starting server in PID " + ProcessHandle.current().pid() + ".");
            }
        });
    }

    private static GatewayStarter starter(CommandLine line, Settings settings, Map<String, String> environment)
            throws UsageException {
        if (line.has(Option.APP_CLASS)) {
            return GatewayStarter.of(JavaApplication.load(line.own(Option.APP_CLASS)), settings);
        }
        PythonApplication application = PythonApplication.named(line.application(), line.has(Option.CALL));
        WorkerConfig config = new WorkerConfig(List.of(python(settings, environment)), application, settings);
        return settings.get(Setting.LOG_CONFIG).isEmpty()
                ? (loop, directory) -> WorkerGateway.start(config, loop, directory)
                : WorkerLog.starter(config);
    }

    private static String python(Settings settings, Map<String, String> environment) {
        return PythonFinder.find(settings.get(Setting.PYTHON), environment);
    }
}
