package dev.waitress.cli;

import dev.waitress.settings.Setting;
import dev.waitress.settings.SettingsException;
import dev.waitress.settings.Source;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code waitress-serve ctl} and {@code waitress-serve top}: what an operator asks of a server that runs. */
final class Ctl {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;
    private static final int SUCCESS = 299;

    private static final String TOP = "top";
    private static final String CTL = "ctl";

    /** Commands that only look. */
    private static final Set<String> LOOKING = Set.of("status", "stacks");

    private static final Set<String> ORDERS = Set.of("reload", "add", "remove", "stop");

    private static final String OPTION = "--control-socket";

    private static final long USUAL_SECONDS = 15;

    /** Whoever loads an application again waits for it. */
    private static final long RELOAD_SECONDS = 24 * 60 * 60;

    private static final long TOP_MILLIS = 1000;

    /** To the first line of a terminal; below each line, and below the last one, nothing of what was there stays. */
    private static final String HOME = "\033[H";

    private static final String CLEAR_LINE = "\033[K\n";
    private static final String CLEAR_BELOW = "\033[J";

    private static final String HELP = """
            Usage: waitress-serve ctl [--control-socket=PATH] [--json] COMMAND
                   waitress-serve top [--control-socket=PATH]

            Asks a server that runs with --control-socket=PATH. The path may be given in
            WAITRESS_CONTROL_SOCKET too.

            Commands:
              status    The workers: state, age, requests, memory, and what each runs.
              stacks    What every thread does, with the stack of its calls.
              reload    Load the application again; returns when the new workers serve.
              add       One more worker.
              remove    One worker less; the last one stays.
              stop      End the server, as SIGTERM does.

            --json shows the answer as programs read it. top shows the status again every
            second, until Ctrl-C. Exit status: 0 if it was done, 1 if not, 2 for wrong
            usage.
            """;

    private final Map<String, String> environment;
    private final PrintStream out;
    private String path = "";
    private boolean isJson;
    private String command = "";

    private Ctl(Map<String, String> environment, PrintStream out) {
        this.environment = environment;
        this.out = out;
    }

    /** Whether the arguments are meant for it, and not for a server that is to start. */
    static boolean isMeant(List<String> arguments) {
        return !arguments.isEmpty()
                && (arguments.get(0).equals(CTL) || arguments.get(0).equals(TOP));
    }

    /** Does what the arguments say; returns the exit status. */
    static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        try {
            return new Ctl(environment, out).run(arguments);
        } catch (UsageException | SettingsException e) {
            err.println("Error: " + e.getMessage());
            err.println("Try 'waitress-serve ctl --help'.");
            return WRONG_USAGE;
        } catch (IOException e) {
            err.println("Error: " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private int run(List<String> arguments) throws UsageException, IOException, InterruptedException {
        Deque<String> rest = new ArrayDeque<>(arguments);
        boolean isTop = rest.removeFirst().equals(TOP);
        if (rest.contains("--help") || rest.contains("-h")) {
            out.print(HELP);
            return 0;
        }
        parse(rest, isTop);
        ControlClient client = new ControlClient(Path.of(requirePath()));
        return isTop ? top(client) : obey(client);
    }

    private void parse(Deque<String> rest, boolean isTop) throws UsageException {
        while (!rest.isEmpty()) {
            String argument = rest.removeFirst();
            if (argument.startsWith(OPTION + "=")) {
                path = argument.substring(OPTION.length() + 1);
            } else if (argument.equals(OPTION) && !rest.isEmpty()) {
                path = rest.removeFirst();
            } else if (argument.equals("--json") && !isTop) {
                isJson = true;
            } else if (!isTop && command.isEmpty() && (LOOKING.contains(argument) || ORDERS.contains(argument))) {
                command = argument;
            } else {
                throw new UsageException("'" + argument + "' is not understood");
            }
        }
        if (!isTop && command.isEmpty()) {
            throw new UsageException("Specify a command: status, stacks, reload, add, remove or stop");
        }
    }

    private String requirePath() throws UsageException {
        String found = path.isEmpty()
                ? Source.merge(List.of(Source.variables(environment))).get(Setting.CONTROL_SOCKET)
                : path;
        if (found.isEmpty()) {
            throw new UsageException("no control socket: give " + OPTION + "=PATH, or set WAITRESS_CONTROL_SOCKET");
        }
        return found;
    }

    private int obey(ControlClient client) throws IOException, InterruptedException {
        String method = LOOKING.contains(command) ? "GET" : "POST";
        long seconds = command.equals("reload") ? RELOAD_SECONDS : USUAL_SECONDS;
        ControlClient.Answer answer = client.ask(method, "/" + command + (isJson ? "" : ".txt"), seconds);
        out.print(answer.body());
        return answer.status() <= SUCCESS ? 0 : FAILED;
    }

    /** Once where nobody looks, else until somebody has seen enough. */
    private int top(ControlClient client) throws IOException, InterruptedException {
        while (true) {
            String table = client.ask("GET", "/status.txt", USUAL_SECONDS).body();
            if (!isTerminal()) {
                out.print(table);
                return 0;
            }
            out.print(HOME + table.replace("\n", CLEAR_LINE) + CLEAR_BELOW);
            out.flush();
            Thread.sleep(TOP_MILLIS);
        }
    }

    /** Since Java 22 there may be a console without a terminal, and a method that tells. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        try {
            return console != null
                    && (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true; // before Java 22 there is one only where there is a terminal
        }
    }
}
