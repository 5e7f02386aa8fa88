package dev.waitress.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * Log records as JSON (RFC 8259), one object a line, as {@code records.py} writes those of workers. All of it is ASCII:
 * neither the locale nor a text that holds half of a character can make it something else.
 */
final class JsonFormatter extends Formatter {
    /** RFC 3339, with the offset. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT)
            .withZone(ZoneId.systemDefault());

    /** Characters of one text, half of them from its beginning and half from its end. */
    static final int MOST_CHARACTERS = 64 * 1024;

    private static final int USUAL_CHARACTERS = 256;
    private static final String HEX = "0123456789abcdef";

    private final long pid = ProcessHandle.current().pid();

    /** Called on the thread that logs, whose name the record does not have. */
    @Override
    public String format(LogRecord logged) {
        StringBuilder line = new StringBuilder(USUAL_CHARACTERS);
        line.append("{\"time\": \"").append(TIME.format(logged.getInstant()));
        line.append("\", \"level\": \"").append(PythonFormatter.levelName(logged.getLevel()));
        line.append("\", \"logger\": ");
        quote(String.valueOf(logged.getLoggerName()), line);
        line.append(", \"message\": ");
        quote(String.valueOf(formatMessage(logged)), line);
        line.append(", \"pid\": ").append(pid).append(", \"thread\": ");
        quote(Thread.currentThread().getName(), line);
        Throwable thrown = logged.getThrown();
        if (thrown != null) {
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace));
            line.append(", \"exception\": ");
            quote(trace.toString().stripTrailing(), line);
        }
        return line.append("}\n").toString();
    }

    private static void quote(String text, StringBuilder line) {
        line.append('"');
        int half = MOST_CHARACTERS / 2;
        int left = text.length() - MOST_CHARACTERS;
        if (left <= 0) {
            escape(text, 0, text.length(), line);
        } else {
            escape(text, 0, half, line);
            line.append("[... ").append(left).append(" more characters ...]");
            escape(text, text.length() - half, text.length(), line);
        }
        line.append('"');
    }

    private static void escape(String text, int start, int end, StringBuilder line) {
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line.append("\\n");
            } else if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7F) {
                line.append(c);
            } else {
                unit(isHalf(text, i, start, end) ? '\uFFFD' : c, line);
            }
        }
    }

    /** Whether a surrogate has no other half here: strict readers refuse such a one. */
    private static boolean isHalf(String text, int i, int start, int end) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 >= end || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == start || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    private static void unit(char unit, StringBuilder line) {
        line.append("\\u");
        for (int shift = Character.SIZE - 4; shift >= 0; shift -= 4) {
            line.append(HEX.charAt(unit >> shift & 0xF));
        }
    }
}
