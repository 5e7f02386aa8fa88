package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoadFailureTest {
    private static String story(String message, String traceback) {
        return new LoadFailure(message, traceback, 3).story();
    }

    @Test
    void tellsMessageAndTraceback() {
        assertThat(story("no module", "Traceback:\n  File\n")).isEqualTo("no module\nTraceback:\n  File");
        assertThat(story("no module", "")).isEqualTo("no module");
        assertThat(story("", "")).isEqualTo("it asked for the end of the process, with status 3");
    }

    @Test
    void keepsTheIndentOfItsFirstLine() {
        String error = "  File \"shop.py\", line 1\n    def\n       ^\nSyntaxError: invalid syntax";
        assertThat(story("", error + "\n")).isEqualTo(error);
    }
}
