package dev.waitress.task;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.CharBuffer;

/** A stack trace as text, without its middle where it is long: a message may hold a whole upload. */
final class StackTraceText {
    /** Characters from its beginning, and from its end. */
    private static final int MOST_OF_EACH = 32 * 1024;

    private final StringBuilder head = new StringBuilder();
    private final StringBuilder tail = new StringBuilder();
    private long dropped;

    private StackTraceText() {}

    /** Of a failure, also of one that cannot be printed. */
    static StackTraceText of(Throwable failure) {
        StackTraceText text = new StackTraceText();
        try {
            failure.printStackTrace(new PrintWriter(text.new Bounded()));
        } catch (RuntimeException | Error e) { // of its own code, or for want of memory or stack
            text.add(failure.getClass().getName() + ": (no stack trace can be made)");
        }
        return text;
    }

    /** Whether nothing is left out. */
    boolean isWhole() {
        return dropped == 0;
    }

    private void add(CharSequence more) {
        int room = Math.min(more.length(), MOST_OF_EACH - head.length());
        head.append(more, 0, room);
        int rest = more.length() - room;
        int kept = Math.min(rest, MOST_OF_EACH);
        int over = Math.max(0, tail.length() + kept - MOST_OF_EACH);
        tail.delete(0, over);
        tail.append(more, more.length() - kept, more.length());
        dropped += rest - kept + over;
    }

    @Override
    public String toString() {
        return isWhole() ? head.toString() + tail : head + "[... " + dropped + " more characters ...]" + tail;
    }

    private final class Bounded extends Writer {
        @Override
        public void write(char[] characters, int offset, int count) {
            add(CharBuffer.wrap(characters, offset, count));
        }

        @Override
        public void write(String text, int offset, int count) {
            add(text.subSequence(offset, offset + count));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
