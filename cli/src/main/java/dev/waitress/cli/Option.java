package dev.waitress.cli;

import dev.waitress.settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One option of the command line.
 *
 * @param name without its dashes
 * @param valueWord what stands for the value in the help; empty if the option takes none
 * @param doc for the help
 * @param setting name of the setting that it sets; empty if it is an option of the command alone
 * @param flagText what a flag sets its setting to, as text
 */
record Option(String name, String valueWord, String doc, String setting, String flagText) {
    static final Option HELP = own("help", "", "Show this text.");
    static final Option VERSION = own("version", "", "Show the version.");
    static final Option CHECK =
            own("check", "", "Load the application and check the settings, but listen nowhere and end.");
    static final Option PRINT_SETTINGS = own("print-settings", "", "Show every setting and where it comes from.");
    static final Option CALL =
            own("call", "", "Call the named object without arguments: its result is the application.");
    static final Option APP = own("app", "MODULE:OBJECT", "The Python application, in place of the argument.");
    static final Option APP_CLASS =
            own("app-class", "CLASS", "A Java application: a class with a public constructor, on CLASSPATH.");
    static final Option BIND = own(
            "bind", "ADDRESS", "The same as --listen, as users of gunicorn write it: HOST:PORT, :PORT or unix:PATH.");
    static final Option PASTE = own(
            "paste",
            "FILE[#NAME]",
            "Serve what an ini file of PasteDeploy describes; NAME=VALUE arguments are its variables, and --server-name is the"
                    + " name of its server.");

    /** What Waitress knows, without negations. */
    private static final Set<String> OF_WAITRESS = Set.of("""
            help call app host port listen ipv4 ipv6 unix-socket unix-socket-perms backlog server-name url-scheme
            url-prefix ident expose-tracebacks trusted-proxy trusted-proxy-count trusted-proxy-headers
            clear-untrusted-proxy-headers log-untrusted-proxy-headers threads log-socket-errors recv-bytes send-bytes
            channel-request-lookahead inbuf-overflow outbuf-overflow outbuf-high-watermark max-request-header-size
            max-request-body-size connection-limit cleanup-interval channel-timeout asyncore-loop-timeout
            asyncore-use-poll""".split("\\s+"));

    private static Option own(String name, String valueWord, String doc) {
        return new Option(name, valueWord, doc, "", "");
    }

    /** By their short names. */
    private static final Map<String, Option> SHORT =
            Map.of("-h", HELP, "-V", VERSION, "-b", BIND, "-w", of(Setting.WORKERS));

    /** By its name, which is enough; what a record has of its own is generated at each start, and takes a while. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Option option && name.equals(option.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** The option of this short name, for example {@code -h}. */
    static Optional<Option> ofShort(String name) {
        return Optional.ofNullable(SHORT.get(name));
    }

    /** Its short name and a comma for the help; empty if it has none. */
    String shortName() {
        return SHORT.entrySet().stream()
                .filter(entry -> entry.getValue().equals(this))
                .map(entry -> entry.getKey() + ", ")
                .findFirst()
                .orElse("");
    }

    /** Options of the command alone. */
    static List<Option> own() {
        return List.of(HELP, VERSION, CHECK, PRINT_SETTINGS, APP, APP_CLASS, CALL, PASTE, BIND);
    }

    /** Every option, with the negations of flags; a secret has none. */
    static List<Option> all() {
        List<Option> all = new ArrayList<>(own());
        for (Setting<?> setting : Setting.textual()) {
            if (setting.isSecret()) {
                continue;
            }
            all.add(of(setting));
            if (setting.isFlag()) {
                all.add(new Option("no-" + setting.option(), "", "", setting.name(), "false"));
            }
        }
        return all;
    }

    static Option of(Setting<?> setting) {
        return new Option(setting.option(), setting.valueWord(), setting.doc(), setting.name(), "true");
    }

    /** Whether Waitress has it too, so that a short form which is unique there must mean the same here. */
    boolean isOfWaitress() {
        return OF_WAITRESS.contains(isNegation() ? name.substring("no-".length()) : name);
    }

    private boolean isNegation() {
        return flagText.equals("false");
    }

    boolean takesValue() {
        return !valueWord.isEmpty();
    }
}
