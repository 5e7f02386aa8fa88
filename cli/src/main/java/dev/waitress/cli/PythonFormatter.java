package dev.waitress.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** Log lines in the form of Python's default, so that those of front and workers look alike. */
final class PythonFormatter extends Formatter {
    /** Of its own, because most logs have no times, and what writes them takes 8 ms of a start. */
    private static final class Time {
        /** As Python writes it: {@code 2026-11-28 22:07:52,123}. */
        static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss,SSS ", Locale.ROOT)
                .withZone(ZoneId.systemDefault());
    }

    private final boolean hasTime;

    PythonFormatter(boolean hasTime) {
        this.hasTime = hasTime;
    }

    /** {@code LEVEL:logger:message} behind the time, if that is wanted, and a stack trace below if there is one. */
    @Override
    public String format(LogRecord logged) {
        StringWriter line = new StringWriter();
        line.append(hasTime ? Time.FORMAT.format(logged.getInstant()) : "");
        line.append(levelName(logged.getLevel()))
                .append(':')
                .append(logged.getLoggerName())
                .append(':');
        line.append(formatMessage(logged)).append(System.lineSeparator());
        Throwable thrown = logged.getThrown();
        if (thrown != null) {
            thrown.printStackTrace(new PrintWriter(line));
        }
        return line.toString();
    }

    /** As Python calls it. */
    static String levelName(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return "WARNING";
        }
        return level.intValue() >= Level.INFO.intValue() ? "INFO" : "DEBUG";
    }
}
