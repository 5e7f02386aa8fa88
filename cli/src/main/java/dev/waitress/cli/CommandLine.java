package dev.waitress.cli;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Suggestion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What the arguments of the command say: options of its own, settings in their order, and the application. */
final class CommandLine {
    private static final Set<String> ADDING_UP = Set.of(
            Setting.LISTEN.name(),
            Setting.RELOAD_EXTRA.name(),
            Setting.CERTFILE.name(),
            Setting.KEYFILE.name(),
            Setting.CA_CERTS.name(),
            Setting.CRLFILE.name(),
            Setting.HTTP_LISTEN.name());

    private static final String UNIX = "unix:";

    private final Map<Option, String> own = new HashMap<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<String> applications = new ArrayList<>();
    private String serverSection = "main";

    private CommandLine() {}

    /**
     * Reads the arguments; settings are not looked at yet.
     *
     * @throws UsageException if an option is unknown, or misses its value, or has one that it does not take
     */
    static CommandLine parse(List<String> arguments) throws UsageException {
        CommandLine line = new CommandLine();
        Deque<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty()) {
            String argument = rest.removeFirst();
            if (argument.equals("--")) {
                line.applications.addAll(rest);
                break;
            }
            if (argument.startsWith("--")) {
                line.option(argument.substring(2), rest);
            } else if (argument.startsWith("-") && argument.length() > 1) {
                line.shortOption(argument, rest);
            } else {
                line.applications.add(argument);
            }
        }
        if (line.has(Option.PASTE)) {
            line.nameServer();
        }
        return line;
    }

    /** With an ini file there is a server to be named; what its requests are told of that stands in the file. */
    private void nameServer() {
        String named = settings.remove(Setting.SERVER_NAME.name());
        serverSection = named == null ? serverSection : named;
    }

    /** {@code -w 4} or {@code -w4}. */
    private void shortOption(String argument, Deque<String> rest) throws UsageException {
        String name = argument.substring(0, 2);
        String text = argument.substring(2);
        Option option = Option.ofShort(name)
                .orElseThrow(() -> new UsageException("option " + name + " not recognized", meant(argument)));
        if (option.takesValue() && text.isEmpty() && rest.isEmpty()) {
            throw new UsageException("option " + name + " requires argument");
        }
        if (!option.takesValue()) {
            take(option, option.flagText());
        } else {
            take(option, text.isEmpty() ? rest.removeFirst() : text);
        }
    }

    private static String meant(String argument) {
        String name = argument.replaceFirst("^-+", "").replaceFirst("=.*", "");
        List<String> names = Option.all().stream().map(Option::name).toList();
        return argument.equals("-p")
                ? "--port"
                : Suggestion.nearest(name, names).map(near -> "--" + near).orElse("");
    }

    private void option(String text, Deque<String> rest) throws UsageException {
        int equals = text.indexOf('=');
        Option option = find(equals < 0 ? text : text.substring(0, equals));
        if (!option.takesValue()) {
            if (equals >= 0) {
                throw new UsageException("option --" + option.name() + " must not have an argument");
            }
            take(option, option.flagText());
            return;
        }
        if (equals < 0 && rest.isEmpty()) {
            throw new UsageException("option --" + option.name() + " requires argument");
        }
        take(option, equals < 0 ? rest.removeFirst() : text.substring(equals + 1));
    }

    /** The option of this name, or the only one that begins so; the only one of Waitress's if there are more. */
    private static Option find(String name) throws UsageException {
        refuseSecret(name);
        List<Option> candidates =
                Option.all().stream().filter(o -> o.name().startsWith(name)).toList();
        if (candidates.isEmpty()) {
            throw new UsageException("option --" + name + " not recognized", meant("--" + name));
        }
        return only(candidates.stream().filter(o -> o.name().equals(name)))
                .or(() -> only(candidates.stream()))
                .or(() -> only(candidates.stream().filter(Option::isOfWaitress)))
                .orElseThrow(() -> new UsageException("option --" + name + " not a unique prefix"));
    }

    /** Every user of the machine could read it. */
    private static void refuseSecret(String name) throws UsageException {
        for (Setting<?> setting : Setting.textual()) {
            if (setting.isSecret() && setting.option().equals(name)) {
                throw new UsageException(
                        "option --" + name + " would show it to every user of this machine: set " + setting.variable());
            }
        }
    }

    private static Optional<Option> only(Stream<Option> options) {
        List<Option> some = options.limit(2).toList();
        return some.size() == 1 ? Optional.of(some.get(0)) : Optional.empty();
    }

    /** Of an option given twice the last counts, but these add up. */
    private void take(Option option, String text) {
        if (option.equals(Option.BIND)) {
            bind(text);
        } else if (option.setting().isEmpty()) {
            own.put(option, text);
        } else if (ADDING_UP.contains(option.setting())) {
            settings.merge(option.setting(), text, (before, more) -> before + " " + more);
        } else {
            settings.put(option.setting(), text);
        }
    }

    /** An address as gunicorn takes it: commas separate, a host may be left out, and {@code unix:} is a path. */
    private void bind(String addresses) {
        for (String address : addresses.split(",", -1)) {
            if (address.startsWith(UNIX)) {
                settings.put(
                        Setting.UNIX_SOCKET.name(),
                        address.substring(UNIX.length()).replaceFirst("^//", ""));
            } else {
                String entry = address.startsWith(":") ? Setting.HOST.defaultValue() + address : address;
                settings.merge(Setting.LISTEN.name(), entry, (before, more) -> before + " " + more);
            }
        }
    }

    /** Whether an option of the command's own was given. */
    boolean has(Option option) {
        return own.containsKey(option);
    }

    /** What was given to an option of the command's own, or nothing. */
    String own(Option option) {
        return own.getOrDefault(option, "");
    }

    /** Name of the server in the ini file. */
    String serverSection() {
        return serverSection;
    }

    /**
     * What the ini file is told: {@code name=value}.
     *
     * @throws UsageException if an application is named too, which is the file's to do
     */
    Map<String, String> variables() throws UsageException {
        if (has(Option.APP) || has(Option.APP_CLASS) || has(Option.CALL)) {
            throw new UsageException("Provide only one WSGI app");
        }
        Map<String, String> variables = new LinkedHashMap<>();
        for (String argument : applications) {
            int equals = argument.indexOf('=');
            if (equals <= 0) {
                throw new UsageException(argument + ": with --paste only name=value may be given");
            }
            variables.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return variables;
    }

    /**
     * The one application: a Python one, unless {@code --app-class} is given.
     *
     * @throws UsageException if there is none, or more than one
     */
    String application() throws UsageException {
        List<String> named = new ArrayList<>(applications);
        for (Option option : List.of(Option.APP, Option.APP_CLASS)) {
            if (has(option)) {
                named.add(own(option));
            }
        }
        if (named.isEmpty()) {
            throw new UsageException("Specify an application");
        }
        if (named.size() > 1) {
            throw new UsageException("Provide only one WSGI app");
        }
        return named.get(0);
    }

    /** The settings given, by their names with underscores. */
    Map<String, String> settings() {
        return Collections.unmodifiableMap(settings);
    }
}
