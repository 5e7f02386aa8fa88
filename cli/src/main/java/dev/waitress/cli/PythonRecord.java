package dev.waitress.cli;

import dev.waitress.worker.LogLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/** Log records and levels as Python's logging has them. */
final class PythonRecord {
    private static final int DEBUG = 10;
    private static final int INFO = 20;
    private static final int WARNING = 30;
    private static final int ERROR = 40;

    private static final SimpleFormatter FORMATTER = new SimpleFormatter();

    private PythonRecord() {}

    static LogLine of(LogRecord logged) {
        return new LogLine(
                number(logged.getLevel()),
                String.valueOf(logged.getLoggerName()),
                FORMATTER.formatMessage(logged),
                trace(logged.getThrown()));
    }

    private static int number(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return ERROR;
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return WARNING;
        }
        return level.intValue() >= Level.INFO.intValue() ? INFO : DEBUG;
    }

    /** The level at which Python shows all that it would show at this level of its own. */
    static Level level(int pythonLevel) {
        if (pythonLevel > ERROR) {
            return Level.OFF;
        }
        if (pythonLevel > WARNING) {
            return Level.SEVERE;
        }
        if (pythonLevel > INFO) {
            return Level.WARNING;
        }
        return pythonLevel > DEBUG ? Level.INFO : Level.FINE;
    }

    /** The level of that name of Python's; a name that it does not have is an {@link IllegalArgumentException}. */
    static Level levelNamed(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "CRITICAL", "FATAL" -> Level.OFF;
            case "ERROR" -> Level.SEVERE;
            case "WARN", "WARNING" -> Level.WARNING;
            case "INFO" -> Level.INFO;
            case "DEBUG", "NOTSET" -> Level.FINE;
            default -> throw new IllegalArgumentException("Unknown level: '" + name + "'");
        };
    }

    private static String trace(@Nullable Throwable thrown) {
        if (thrown == null) {
            return "";
        }
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString().stripTrailing();
    }
}
