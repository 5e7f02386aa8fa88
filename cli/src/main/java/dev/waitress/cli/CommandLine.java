package dev.waitress.cli;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What the arguments of the command say: flags, settings in their order, and the application. */
final class CommandLine {
    /** A setting in its text form. */
    private record Given(String name, String text) {}

    private final List<Given> settings = new ArrayList<>();
    private final List<String> applications = new ArrayList<>();
    private String app = "";
    private String appClass = "";
    private boolean help;
    private boolean version;
    private boolean call;

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
                throw new UsageException("option " + argument.substring(0, 2) + " not recognized");
            } else {
                line.applications.add(argument);
            }
        }
        return line;
    }

    private void option(String text, Deque<String> rest) throws UsageException {
        int equals = text.indexOf('=');
        Option option = find(equals < 0 ? text : text.substring(0, equals));
        if (!option.takesValue()) {
            if (equals >= 0) {
                throw new UsageException("option --" + option.name() + " must not have an argument");
            }
            flag(option);
            return;
        }
        if (equals < 0 && rest.isEmpty()) {
            throw new UsageException("option --" + option.name() + " requires argument");
        }
        value(option, equals < 0 ? rest.removeFirst() : text.substring(equals + 1));
    }

    /** The option of this name, or the only one that begins so. */
    private static Option find(String name) throws UsageException {
        List<Option> candidates =
                Option.all().stream().filter(o -> o.name().startsWith(name)).toList();
        for (Option candidate : candidates) {
            if (candidate.name().equals(name)) {
                return candidate;
            }
        }
        if (candidates.isEmpty()) {
            throw new UsageException("option --" + name + " not recognized");
        }
        if (candidates.size() > 1) {
            throw new UsageException("option --" + name + " not a unique prefix");
        }
        return candidates.get(0);
    }

    private void flag(Option option) {
        if (option.equals(Option.HELP)) {
            help = true;
        } else if (option.equals(Option.VERSION)) {
            version = true;
        } else if (option.equals(Option.CALL)) {
            call = true;
        } else {
            boolean negated = option.doc().isEmpty();
            String name = negated ? option.settingName().substring(Option.NO.length()) : option.settingName();
            settings.add(new Given(name, String.valueOf(!negated)));
        }
    }

    private void value(Option option, String text) {
        if (option.equals(Option.APP)) {
            app = text;
        } else if (option.equals(Option.APP_CLASS)) {
            appClass = text;
        } else {
            settings.add(new Given(option.settingName(), text));
        }
    }

    boolean wantsHelp() {
        return help;
    }

    boolean wantsVersion() {
        return version;
    }

    /** Whether the application is made by calling what is named. */
    boolean isFactory() {
        return call;
    }

    /** Name of the Java application's class; empty for a Python application. */
    String appClass() {
        return appClass;
    }

    /**
     * The one Python application.
     *
     * @throws UsageException if there is none, or more than one
     */
    String application() throws UsageException {
        requireOne();
        return app.isEmpty() ? applications.get(0) : app;
    }

    /** Refuses anything but one application, of either kind. */
    void requireOne() throws UsageException {
        int named = applications.size() + (app.isEmpty() ? 0 : 1) + (appClass.isEmpty() ? 0 : 1);
        if (named == 0) {
            throw new UsageException("Specify an application");
        }
        if (named > 1) {
            throw new UsageException("Provide only one WSGI app");
        }
    }

    /**
     * The settings given; of one given twice the last counts, but lists add up.
     *
     * @throws dev.waitress.settings.SettingsException if a value is not valid
     */
    Settings settings() {
        Settings result = Settings.defaults();
        StringBuilder listen = new StringBuilder();
        for (Given given : settings) {
            if (given.name.equals(Setting.LISTEN.name())) {
                listen.append(' ').append(given.text);
                result = result.withText(given.name, listen.toString());
            } else {
                result = result.withText(given.name, given.text);
            }
        }
        return result;
    }
}
