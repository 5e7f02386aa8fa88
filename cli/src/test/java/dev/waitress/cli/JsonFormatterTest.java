package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class JsonFormatterTest {
    private static final String PID = String.valueOf(ProcessHandle.current().pid());

    private final JsonFormatter formatter = new JsonFormatter();

    private String line(String message) {
        return formatter.format(logged(message));
    }

    private static LogRecord logged(String message) {
        LogRecord logged = new LogRecord(Level.WARNING, message);
        logged.setLoggerName("waitress");
        logged.setInstant(Instant.parse("2026-11-30T04:42:43.12Z"));
        return logged;
    }

    @Test
    void isOneObject() {
        assertThat(line("a \"b\""))
                .matches(
                        "\\{\"time\": \"[-0-9]{10}T[0-9]{2}:[0-9]{2}:43\\.120[-+][0-9]{2}:[0-9]{2}\", \"level\": \"WARNING\","
                                + " \"logger\": \"waitress\", \"message\": \"a \\\\\"b\\\\\"\", \"pid\": " + PID
                                + ", \"thread\": \"[^\"]+\"\\}\n");
    }

    @Test
    void escapesWhateverIsNotVisibleAscii() {
        assertThat(line("\\ \n\r\t\0\u007F\u0085\u2028\u00E9\uD83D\uDE00"))
                .contains("\"\\\\ \\n\\u000d\\u0009\\u0000\\u007f\\u0085\\u2028\\u00e9\\ud83d\\ude00\"");
    }

    @Test
    void hasNoHalfOfACharacter() {
        assertThat(line("\uD83Da\uDE00\uD83D")).contains("\"\\ufffda\\ufffd\\ufffd\"");
    }

    @Test
    void leavesOutTheMiddleOfALongText() {
        String line = line("a".repeat(JsonFormatter.MOST_CHARACTERS) + "b".repeat(10));
        assertThat(line).contains("aa[... 10 more characters ...]aa").contains("abbbbbbbbbb\"");
        assertThat(line.length()).isLessThan(JsonFormatter.MOST_CHARACTERS + 500);
    }

    @Test
    void hasTheStackOfAFailureAsOneText() {
        LogRecord logged = logged("failed");
        logged.setThrown(new IllegalStateException("e\nf"));
        assertThat(formatter.format(logged))
                .contains(", \"exception\": \"java.lang.IllegalStateException: e\\nf\\n\\u0009at ")
                .endsWith("\"}\n");
    }
}
