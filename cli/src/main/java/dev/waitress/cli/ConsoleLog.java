package dev.waitress.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Log lines on standard error in the form of Python's default: {@code LEVEL:logger:message}. */
final class ConsoleLog extends Formatter {
    /** Held here, because the logging system itself would let a logger go that nobody holds. */
    private static final Logger WAITRESS = Logger.getLogger("waitress");

    /** Everything of ours from INFO up, and warnings of the rest. */
    static void install() {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        ConsoleHandler console = new ConsoleHandler();
        console.setFormatter(new ConsoleLog());
        console.setLevel(Level.ALL);
        root.addHandler(console);
        root.setLevel(Level.WARNING);
        WAITRESS.setLevel(Level.INFO);
    }

    @Override
    public String format(LogRecord logged) {
        StringWriter line = new StringWriter();
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

    private static String levelName(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return "WARNING";
        }
        return level.intValue() >= Level.INFO.intValue() ? "INFO" : "DEBUG";
    }
}
