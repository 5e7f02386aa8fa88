package dev.waitress.cli;

import dev.waitress.Rights;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.Source;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What there is to be said with {@code waitress/rights.py}, which becomes another user before Java starts. It starts
 * this command twice: to ask what there is to do, in the way in which options are read here, and to serve.
 */
final class LauncherRights {
    /** System property. */
    private static final String STAGE = "waitress.rights";

    private static final String ASKED = "asked";
    /** The user has changed. */
    private static final String GIVEN = "given";
    /** It has, and standard input is the socket that root has bound. */
    private static final String BOUND = "bound";

    /** Reads all settings. */
    @FunctionalInterface
    interface Reading {
        Settings read() throws UsageException, IOException;
    }

    private LauncherRights() {}

    /** Whether we are to say what there is to do, and to end. */
    static boolean isAsked() {
        return stage().equals(ASKED);
    }

    private static String stage() {
        return System.getProperty(STAGE, "");
    }

    /** What there is to do, a line for each thing; nothing where the command only shows something. */
    static List<String> plan(CommandLine line, Reading reading) throws UsageException, IOException {
        if (line.has(Option.HELP) || line.has(Option.VERSION) || line.has(Option.PRINT_SETTINGS)) {
            return List.of();
        }
        return Rights.plan(reading.read().requireConsistent(), !line.has(Option.CHECK));
    }

    /** What counts more than all options: there is no user to become any more, and the socket is here. */
    static List<Source> sources() {
        Map<String, String> done = Map.of(Setting.USER.name(), "", Setting.GROUP.name(), "");
        Map<String, String> socket = Map.of(Setting.LISTEN.name(), "stdin");
        return switch (stage()) {
            case GIVEN -> List.of(Source.options(done));
            case BOUND -> List.of(Source.options(done), Source.options(socket));
            default -> List.of();
        };
    }
}
