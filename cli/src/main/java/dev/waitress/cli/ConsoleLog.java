package dev.waitress.cli;

import dev.waitress.log.BackgroundWriter;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.logging.ErrorManager;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * The log on standard error. A thread of its own writes it: where nobody reads standard error, lines are lost and
 * counted, but no request waits. Thread-safe.
 */
final class ConsoleLog extends Handler {
    /** Held here, because the logging system itself would let a logger go that nobody holds. */
    private static final Logger WAITRESS = Logger.getLogger("waitress");

    private static final int MOST_WAITING = 1000;
    private static final long LAST_WORDS_MILLIS = 1000;

    private final BackgroundWriter<String> writer;
    private final AtomicLong lost = new AtomicLong();

    ConsoleLog(Consumer<String> console) {
        writer = new BackgroundWriter<>("waitress-console", MOST_WAITING, console);
        setFormatter(new PythonFormatter(false));
    }

    /** Everything of ours from INFO up, and warnings of the rest. */
    static void install() {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new ConsoleLog(System.err::print));
        root.setLevel(Level.WARNING);
        WAITRESS.setLevel(Level.INFO);
    }

    /** Shows what the settings say, in the form that they say. */
    static void follow(Settings settings) {
        show(PythonRecord.levelNamed(settings.get(Setting.LOG_LEVEL)));
        String form = settings.get(Setting.LOG_FORMAT);
        Formatter formatter = form.equals("json") ? new JsonFormatter() : new PythonFormatter(form.equals("time"));
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.setFormatter(formatter);
        }
    }

    /** Shows no record of ours. */
    static void silence() {
        show(Level.OFF);
    }

    /** Shows records of ours from this level up. */
    static void show(Level level) {
        WAITRESS.setLevel(level);
    }

    @Override
    public void publish(LogRecord logged) {
        try {
            say(getFormatter().format(logged));
        } catch (RuntimeException e) {
            reportError("a record that cannot be formatted", e, ErrorManager.FORMAT_FAILURE);
        }
    }

    private void say(String line) {
        long missed = lost.getAndSet(0);
        if (missed > 0 && !writer.offer(getFormatter().format(lostRecords(missed)))) {
            lost.addAndGet(missed);
        }
        if (!writer.offer(line)) {
            lost.incrementAndGet();
        }
    }

    private static LogRecord lostRecords(long count) {
        LogRecord told = new LogRecord(Level.WARNING, "standard error was not read: " + count + " records lost");
        told.setLoggerName(WAITRESS.getName());
        return told;
    }

    @Override
    public void flush() {
        // The writer holds nothing back.
    }

    /** Called when the process ends. */
    @Override
    public void close() {
        try {
            writer.close(LAST_WORDS_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
