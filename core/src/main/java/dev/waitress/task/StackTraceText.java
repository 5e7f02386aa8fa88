package dev.waitress.task;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.CharBuffer;
import java.util.Arrays;

/** A stack trace as text, without its middle where it is long: a message may hold a whole upload. */
final class StackTraceText {
    /** Characters from its beginning, and from its end. */
    private static final int MOST_OF_EACH = 32 * 1024;

    /** What a failure may print, each line in two or three pieces: one may lead to another without end. */
    private static final int MOST_WRITES = 100_000;

    /** Frames of a thread, or of a failure that cannot print itself. */
    private static final int MOST_FRAMES = 100;

    private final StringBuilder head = new StringBuilder();
    private final StringBuilder tail = new StringBuilder();
    private long dropped;
    private boolean isOurOwn;

    private StackTraceText() {}

    /** Of a failure, also of one that cannot be printed. */
    static StackTraceText of(Throwable failure) {
        StackTraceText text = new StackTraceText();
        try {
            failure.printStackTrace(new PrintWriter(text.new Bounded()));
            return text;
        } catch (RuntimeException | Error e) { // of its own code, or for want of memory or stack
            return inShort(failure);
        }
    }

    /** Of a thread, and perhaps of all others behind it: each line after a line feed. */
    static StackTraceText of(Thread first, boolean showsAll) {
        StackTraceText text = new StackTraceText();
        text.add(first.getStackTrace());
        if (showsAll) {
            Thread.getAllStackTraces().forEach((thread, frames) -> {
                if (thread != first && frames.length > 0) {
                    text.add("\nThread " + thread.getName() + ":");
                    text.add(frames);
                }
            });
        }
        return text;
    }

    private void add(StackTraceElement[] frames) {
        Arrays.stream(frames).limit(MOST_FRAMES).forEach(frame -> add("\n\tat " + frame));
    }

    /** Without what led to it, and without a copy of its message, which may be what there is no memory for. */
    private static StackTraceText inShort(Throwable failure) {
        StackTraceText text = new StackTraceText();
        text.isOurOwn = true;
        text.add(failure.getClass().getName());
        try {
            String message = failure.getMessage();
            if (message != null) {
                text.add(": ");
                text.add(message);
            }
            text.add(failure.getStackTrace());
        } catch (RuntimeException | Error e) { // the same
            text.add(": (no stack trace can be made)");
        }
        return text;
    }

    /** Whether it is what the failure prints by itself. */
    boolean isWhole() {
        return dropped == 0 && !isOurOwn;
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
        return dropped == 0 ? head.toString() + tail : head + "[... " + dropped + " more characters ...]" + tail;
    }

    /** Not an IOException, which the printing failure would never hear of. */
    private static final class EndlessException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final class Bounded extends Writer {
        private int writes;

        private void count() {
            if (++writes > MOST_WRITES) {
                throw new EndlessException();
            }
        }

        @Override
        public void write(char[] characters, int offset, int count) {
            count();
            add(CharBuffer.wrap(characters, offset, count));
        }

        @Override
        public void write(String text, int offset, int count) {
            count();
            add(text.subSequence(offset, offset + count));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
