package dev.waitress.cli;

import dev.waitress.settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One option of the command line.
 *
 * @param name without its dashes
 * @param valueWord what stands for the value in the help; empty if the option takes none
 * @param doc one sentence for the help
 */
record Option(String name, String valueWord, String doc) {
    static final Option HELP = new Option("help", "", "Show this text.");
    static final Option VERSION = new Option("version", "", "Show the version.");
    static final Option CALL =
            new Option("call", "", "Call the named object without arguments: its result is the application.");
    static final Option APP = new Option("app", "MODULE:OBJECT", "The Python application, in place of the argument.");
    static final Option APP_CLASS =
            new Option("app-class", "CLASS", "A Java application: a class with a public constructor, on CLASSPATH.");

    /** Prefix of a flag's negation. */
    static final String NO = "no-";

    /** Options that are no settings. */
    static List<Option> own() {
        return List.of(HELP, VERSION, CALL, APP, APP_CLASS);
    }

    /** Every option, with the negations of flags. */
    static List<Option> all() {
        List<Option> all = new ArrayList<>(own());
        for (Setting<?> setting : Setting.all()) {
            all.add(of(setting));
            if (setting.isFlag()) {
                all.add(new Option(NO + of(setting).name, "", ""));
            }
        }
        return all;
    }

    static Option of(Setting<?> setting) {
        return new Option(setting.name().replace('_', '-'), setting.valueWord(), setting.doc());
    }

    boolean takesValue() {
        return !valueWord.isEmpty();
    }

    /** Name of the setting that this option sets, with underscores. */
    String settingName() {
        return name.replace('-', '_').toLowerCase(Locale.ROOT);
    }
}
