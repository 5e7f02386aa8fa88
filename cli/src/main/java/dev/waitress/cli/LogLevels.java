package dev.waitress.cli;

import dev.waitress.ini.IniFile;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The levels that an ini file gives to loggers, where Java alone logs. */
final class LogLevels {
    /** The logging system itself would let a logger go that nobody holds, and its level with it. */
    private static final List<Logger> HELD = new CopyOnWriteArrayList<>();

    private LogLevels() {}

    /**
     * Gives them to the loggers.
     *
     * @throws UsageException if one is unknown
     */
    static void apply(IniFile file) throws UsageException {
        for (var entry : file.logLevels().entrySet()) {
            Logger logger = Logger.getLogger(entry.getKey());
            logger.setLevel(level(entry.getValue()));
            HELD.add(logger);
        }
    }

    /** A level by Python's name of it, or its number. */
    private static Level level(String text) throws UsageException {
        if (text.matches("\\d{1,9}")) {
            return PythonRecord.level(Integer.parseInt(text));
        }
        try {
            return PythonRecord.levelNamed(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }
}
