package dev.waitress.cli;

import dev.waitress.Rights;
import dev.waitress.settings.Preload;
import dev.waitress.settings.Renewals;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.worker.Assignment;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.util.List;

/** Which settings make sense where a program serves. */
final class CallersSettings {
    private CallersSettings() {}

    /**
     * Those of a server.
     *
     * @param hasSocket whether standard input is the socket to listen on
     * @throws SettingsException if one makes no sense
     */
    static Settings require(Assignment given, boolean hasSocket) throws IOException {
        Settings settings = (hasSocket ? withInheritedSocket(given.settings()) : given.settings()).requireConsistent();
        requireLoadable(given);
        requireNoProcess(settings);
        requireNoConsole(settings);
        return settings;
    }

    private static Settings withInheritedSocket(Settings given) throws IOException {
        if (System.inheritedChannel() instanceof ServerSocketChannel socket) {
            return given.with(Setting.SOCKETS, List.of(socket));
        }
        throw new SettingsException("sockets: must be a socket that can listen");
    }

    /** An object of the caller nobody but the caller can make again, and a name the caller does not import. */
    private static void requireLoadable(Assignment given) {
        if (!given.isByName()) {
            Renewals.refuse(given.settings(), "serve() cannot load the application again; use waitress-serve");
            Preload.refuseAll(
                    given.settings(), "serve() runs an object of its program; give its name, \"module:attribute\"");
        } else if (given.settings().getInt(Setting.WORKERS) < 2) {
            String name = given.application().name();
            throw new SettingsException("app: must be an application, not its name '" + name
                    + "', which only several workers import: give workers=2 or more, import it, or run: waitress-serve "
                    + name);
        }
    }

    /** The process is the caller's own. */
    private static void requireNoProcess(Settings settings) {
        Rights.refuse(settings, "bind a socket as root, give up its rights, then serve(app, sockets=[socket])");
        if (settings.isGiven(Setting.PID_FILE)) {
            throw new SettingsException("pid_file: under serve() the process is the program's own: os.getpid()");
        }
    }

    /** Records go to Python's logging, which alone says what becomes of them. */
    private static void requireNoConsole(Settings settings) {
        for (Setting<?> setting : List.of(Setting.LOG_LEVEL, Setting.LOG_FORMAT, Setting.LOG_CONFIG)) {
            if (settings.isGiven(setting)) {
                throw new SettingsException(
                        setting.name() + ": under serve() Python's logging decides, by the logger 'waitress'");
            }
        }
    }
}
