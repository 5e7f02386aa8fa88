package dev.waitress.cli;

import dev.waitress.settings.Setting;
import java.util.List;

/** The help text, made from the table of settings. */
final class Help {
    private static final int COLUMN = 34;

    private Help() {}

    static String text() {
        StringBuilder text = new StringBuilder("""
                Usage: waitress-serve [OPTIONS] MODULE:OBJECT
                       waitress-serve [OPTIONS] --app-class=CLASS

                Serves a Python WSGI application in worker processes, or a Java application.

                Options:
                """);
        Option.own().forEach(option -> add(text, option.name(), option.valueWord(), option.doc()));
        text.append("\nSettings (--name=VALUE or --name VALUE):\n");
        for (Setting<?> setting : Setting.all()) {
            Option option = Option.of(setting);
            add(
                    text,
                    setting.isFlag() ? "[no-]" + option.name() : option.name(),
                    option.valueWord(),
                    option.doc() + defaultValue(setting));
        }
        return text.toString();
    }

    private static void add(StringBuilder text, String name, String valueWord, String doc) {
        String usage = "  --" + name + (valueWord.isEmpty() ? "" : "=" + valueWord);
        text.append(usage);
        text.append(" ".repeat(Math.max(1, COLUMN - usage.length())))
                .append(doc)
                .append('\n');
    }

    private static String defaultValue(Setting<?> setting) {
        Object value = setting.defaultValue();
        if (value instanceof List<?> items) {
            value = String.join(" ", items.stream().map(String::valueOf).toList());
        } else if (value instanceof Integer mode) {
            value = Integer.toOctalString(mode);
        } else if (value instanceof Boolean on) {
            value = on ? "on" : "off";
        }
        return value.toString().isEmpty() ? "" : " Default: " + value + ".";
    }
}
