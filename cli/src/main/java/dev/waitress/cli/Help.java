package dev.waitress.cli;

import dev.waitress.settings.Group;
import dev.waitress.settings.Setting;

/** The help text, made from the table of settings. */
final class Help {
    private static final int COLUMN = 27;
    private static final int WIDTH = 80;

    private final StringBuilder text = new StringBuilder("""
            Usage: waitress-serve [OPTIONS] MODULE:OBJECT
                   waitress-serve [OPTIONS] --app-class=CLASS
                   waitress-serve [OPTIONS] --paste=FILE[#NAME] [NAME=VALUE ...]
                   waitress-serve ctl|top --help

            Serves a Python WSGI application in worker processes, or a Java application; ctl
            and top ask a server that runs.
            Options may stand before or behind the application, as --name=VALUE or --name
            VALUE. Each setting has an environment variable too: WAITRESS_THREADS for
            --threads, and so on; PORT and WEB_CONCURRENCY set --port and --workers. The
            command line comes first.
            """);

    private static final String EXAMPLES = """

            Examples:
              waitress-serve --port=8041 shop.wsgi:app
              waitress-serve --listen='*:8041' --workers=4 --call shop.main:create_app
              waitress-serve --unix-socket=/run/shop.sock shop.wsgi:app
            """;

    private Help() {}

    static String text() {
        Help help = new Help();
        help.title("Command");
        Option.own().forEach(option -> help.add(option, option.name(), option.doc()));
        for (Group group : Group.values()) {
            help.title(group.title());
            Setting.textual().stream()
                    .filter(setting -> setting.group() == group && !setting.isSecret())
                    .forEach(help::add);
        }
        return help.text.append(EXAMPLES).toString();
    }

    private void title(String title) {
        text.append('\n').append(title).append(":\n");
    }

    private void add(Setting<?> setting) {
        Option option = Option.of(setting);
        add(option, setting.isFlag() ? "[no-]" + option.name() : option.name(), option.doc() + defaultOf(setting));
    }

    private static String defaultOf(Setting<?> setting) {
        String value = Setting.text(setting.defaultValue());
        if (setting.isFlag()) {
            value = value.equals("true") ? "on" : "off";
        }
        return value.isEmpty() ? "" : " Default: " + value + ".";
    }

    private void add(Option option, String name, String doc) {
        String usage = "  " + option.shortName() + "--" + name + (option.takesValue() ? "=" + option.valueWord() : "");
        boolean fits = usage.length() < COLUMN - 1;
        text.append(usage).append(fits ? "" : "\n").append(" ".repeat(fits ? COLUMN - usage.length() : COLUMN));
        int column = COLUMN;
        String gap = "";
        for (String word : doc.split(" ", -1)) {
            if (column + gap.length() + word.length() > WIDTH) {
                text.append('\n').append(" ".repeat(COLUMN));
                column = COLUMN;
                gap = "";
            }
            text.append(gap).append(word);
            column += gap.length() + word.length();
            gap = " ";
        }
        text.append('\n');
    }
}
