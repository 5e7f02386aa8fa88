package dev.waitress.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import org.junit.jupiter.api.Test;

/** A failure as text. */
class StackTraceTextTest {
    private static final int MOST = 65_600;

    @Test
    void isWhatTheFailurePrintsWhereThatIsShort() {
        StackTraceText text = StackTraceText.of(new IllegalStateException("short"));
        assertThat(text.isWhole()).isTrue();
        assertThat(text.toString())
                .startsWith("java.lang.IllegalStateException: short\n\tat "
                        + getClass().getName());
    }

    @Test
    void hasBeginningAndEndOfALongMessage() {
        StackTraceText text = StackTraceText.of(new IllegalStateException("begin " + "x".repeat(1_000_000) + " end"));
        assertThat(text.isWhole()).isFalse();
        assertThat(text.toString())
                .startsWith("java.lang.IllegalStateException: begin x")
                .contains(" more characters ...]x", "x end\n\tat ")
                .hasSizeLessThan(MOST);
    }

    /** Each cause is another one: nobody has seen it before. */
    @Test
    void endsWhereCausesDoNot() {
        class Endless extends RuntimeException {
            private static final long serialVersionUID = 1;

            @Override
            public synchronized Throwable getCause() {
                return new Endless();
            }
        }
        StackTraceText text = StackTraceText.of(new Endless());
        assertThat(text.isWhole()).isFalse();
        assertThat(text.toString())
                .startsWith(Endless.class.getName() + "\n\tat ")
                .hasSizeLessThan(MOST);
    }

    /** A logger would print it again, and fail again. */
    @Test
    void isMadeHereWhereTheFailureCannotPrintItself() {
        StackTraceText text = StackTraceText.of(new IllegalStateException("begin " + "x".repeat(1_000_000) + " end") {
            @Override
            public void printStackTrace(PrintWriter out) {
                out.print("half of it");
                throw new OutOfMemoryError();
            }
        });
        assertThat(text.isWhole()).isFalse();
        assertThat(text.toString())
                .startsWith(getClass().getName() + "$1: begin x")
                .contains("x end\n\tat " + getClass().getName())
                .hasSizeLessThan(MOST);
    }

    @Test
    void namesAFailureThatHasNoMessageToGive() {
        StackTraceText text = StackTraceText.of(new IllegalStateException() {
            @Override
            public String getMessage() {
                throw new ArithmeticException();
            }
        });
        assertThat(text.isWhole()).isFalse();
        assertThat(text).hasToString(getClass().getName() + "$2: (no stack trace can be made)");
    }
}
