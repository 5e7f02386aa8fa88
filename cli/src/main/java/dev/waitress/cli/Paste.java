package dev.waitress.cli;

import dev.waitress.GatewayStarter;
import dev.waitress.ini.IniFile;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.settings.Source;
import dev.waitress.worker.PythonApplication;
import dev.waitress.worker.WorkerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;

/**
 * {@code --paste=FILE#NAME}: an ini file that says what to serve, and how.
 *
 * @param path absolute
 * @param name of the application
 * @param server name of the server
 * @param variables what the file is told
 */
record Paste(IniFile file, Path path, String name, String server, Map<String, String> variables) {
    /**
     * Reads the file that the command line names.
     *
     * @throws UsageException if something else stands beside it
     */
    static Paste of(CommandLine line) throws UsageException, IOException {
        String address = line.own(Option.PASTE);
        int hash = address.indexOf('#');
        String name = hash < 0 ? "" : address.substring(hash + 1);
        Path path = Path.of(hash < 0 ? address : address.substring(0, hash))
                .toAbsolutePath()
                .normalize();
        Map<String, String> variables = line.variables();
        return new Paste(
                IniFile.read(path, variables), path, name.isEmpty() ? "main" : name, line.serverSection(), variables);
    }

    /** For messages. */
    String title() {
        return path + "#" + name;
    }

    /** The keys of the server's section. */
    Source source() throws IOException {
        return Source.section("[server:" + server + "]", file.server(server));
    }

    /**
     * Makes ready what answers requests, and the log: the file alone says what is shown.
     *
     * @param python command of the interpreter, if the application is Python's
     */
    GatewayStarter starter(Settings settings, String python) throws UsageException, IOException {
        if (settings.isGiven(Setting.LOG_CONFIG)) {
            throw new SettingsException("log_config: the ini file says what is logged; put it into [loggers] there");
        }
        ConsoleLog.show(Level.WARNING);
        if (file.isJava(name)) {
            LogLevels.apply(file);
            return GatewayStarter.of(file.application(name), settings);
        }
        PythonApplication application = PythonApplication.inFile(path.toString(), name, variables);
        WorkerConfig config = new WorkerConfig(List.of(python), application, settings);
        return WorkerLog.starter(config);
    }
}
