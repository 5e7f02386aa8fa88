package dev.waitress.log;

import dev.waitress.http.Ascii;
import dev.waitress.http.RequestHead;
import dev.waitress.trace.TraceContext;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** One part of a line. Event loop only. */
sealed interface Directive {
    /** Is known when the request is complete, and must be taken then: its bytes are gone later. */
    @FunctionalInterface
    non-sealed interface OfRequest extends Directive {
        void write(Asked asked, Line line);
    }

    /** Is known when the answer is over. */
    @FunctionalInterface
    non-sealed interface OfAnswer extends Directive {
        void write(Answered answered, Line line);
    }

    /** A field of the answer's head, which is kept until then. */
    record OfHead(String lowerCaseName) implements OfAnswer {
        @Override
        public void write(Answered answered, Line line) {
            line.text(Ascii.bytes(answered.fields().getOrDefault(lowerCaseName, "")));
        }
    }

    /** The name of the worker, which is often that of the line before. */
    final class OfWorker implements OfAnswer {
        private String last = "";
        private byte[] lastBytes = {};

        @Override
        public void write(Answered answered, Line line) {
            if (!answered.worker().equals(last)) {
                last = answered.worker();
                lastBytes = Ascii.bytes(last);
            }
            line.text(lastBytes);
        }
    }

    /** Stands in every line as it is. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Literal(byte[] bytes) implements OfRequest {
        @Override
        public void write(Asked asked, Line line) {
            line.raw(bytes);
        }
    }

    /**
     * The directive of a letter.
     *
     * @param argument what stood in braces, or nothing
     * @throws IllegalArgumentException if there is none
     */
    static Directive of(char letter, String argument, TimeText time) {
        return switch (letter) {
            case 'i' -> field(argument.toLowerCase(Locale.ROOT));
            case 'o' -> new OfHead(argument.toLowerCase(Locale.ROOT));
            case 't' -> {
                TimeText.requireForm(argument);
                yield (OfRequest) (asked, line) -> time.write(argument, asked.wallMillis(), line);
            }
            case 'T' -> time(argument);
            case 'x' -> own(argument);
            default -> {
                if (!argument.isEmpty()) {
                    throw new IllegalArgumentException("%" + letter + " takes nothing in braces");
                }
                yield plain(letter);
            }
        };
    }

    private static Directive plain(char letter) {
        return switch (letter) {
            case 'a', 'h' -> (OfRequest) (asked, line) -> line.text(asked.remoteAddress());
            case 'l', 'u' -> (OfRequest) (asked, line) -> line.absent();
            case 'r' -> (OfRequest) Directive::firstLine;
            case 'm' ->
                (OfRequest) (asked, line) -> part(asked, line, RequestHead::methodStart, RequestHead::methodEnd);
            case 'U' -> (OfRequest) (asked, line) -> part(asked, line, RequestHead::pathStart, RequestHead::pathEnd);
            case 'q' -> (OfRequest) (asked, line) -> part(asked, line, RequestHead::queryStart, RequestHead::queryEnd);
            case 'H' ->
                (OfRequest) (asked, line) -> part(asked, line, head -> head.targetEnd() + 1, RequestHead::lineEnd);
            case 'v' -> field("host");
            case 'p' ->
                (OfRequest) (asked, line) -> line.text(Ascii.bytes(asked.peer().serverPort()));
            case 's' -> (OfAnswer) (answered, line) -> line.decimal(answered.status());
            case 'B' -> (OfAnswer) (answered, line) -> line.decimal(answered.bodyBytes());
            case 'b' -> (OfAnswer) Directive::bytesOrNone;
            case 'D' -> (OfAnswer) (answered, line) -> micros(answered.totalNanos(), line);
            case 'X' -> (OfAnswer) (answered, line) -> line.text(new byte[] {(byte) answered.connection()});
            default -> throw new IllegalArgumentException("there is no %" + letter);
        };
    }

    private static Directive own(String name) {
        return switch (name) {
            case "id" -> (OfRequest) (asked, line) -> line.text(asked.id().text());
            case "trace_id" -> ofTrace(TraceContext::traceId);
            case "span_id" -> ofTrace(TraceContext::spanId);
            case "worker" -> new OfWorker();
            case "queue" -> (OfAnswer) (answered, line) -> micros(answered.queueNanos(), line);
            case "application" -> (OfAnswer) (answered, line) -> micros(answered.applicationNanos(), line);
            case "SSL_PROTOCOL", "SSL_CIPHER" -> {
                byte[] fact = Ascii.bytes(name);
                yield (OfRequest) (asked, line) -> line.text(asked.peer().fact(fact));
            }
            default -> throw new IllegalArgumentException("there is no %{" + name + "}x");
        };
    }

    private static OfRequest ofTrace(Function<TraceContext, byte[]> part) {
        return (asked, line) -> {
            TraceContext trace = asked.id().trace();
            if (trace == null) {
                line.absent();
            } else {
                line.text(part.apply(trace));
            }
        };
    }

    private static Directive time(String unit) {
        long nanos = switch (unit) {
            case "", "s" -> TimeUnit.SECONDS.toNanos(1);
            case "ms" -> TimeUnit.MILLISECONDS.toNanos(1);
            case "us" -> TimeUnit.MICROSECONDS.toNanos(1);
            default -> throw new IllegalArgumentException("there is no %{" + unit + "}T");
        };
        return (OfAnswer) (answered, line) -> line.decimal(answered.totalNanos() / nanos);
    }

    private static OfRequest field(String lowerCaseName) {
        return (asked, line) -> {
            RequestHead head = asked.head();
            int field = head == null ? -1 : head.find(lowerCaseName);
            if (head == null || field < 0) {
                line.absent();
            } else {
                line.text(head.bytes(), head.valueStart(field), head.valueEnd(field));
            }
        };
    }

    /** A position in a head. */
    @FunctionalInterface
    interface Position {
        int in(RequestHead head);
    }

    private static void part(Asked asked, Line line, Position start, Position end) {
        RequestHead head = asked.head();
        if (head == null) {
            line.absent();
        } else {
            line.text(head.bytes(), start.in(head), end.in(head));
        }
    }

    private static void firstLine(Asked asked, Line line) {
        if (asked.head() == null) {
            line.text(asked.line());
        } else {
            part(asked, line, RequestHead::methodStart, RequestHead::lineEnd);
        }
    }

    private static void bytesOrNone(Answered answered, Line line) {
        if (answered.bodyBytes() == 0) {
            line.absent();
        } else {
            line.decimal(answered.bodyBytes());
        }
    }

    private static void micros(long nanos, Line line) {
        if (nanos < 0) {
            line.absent();
        } else {
            line.decimal(TimeUnit.NANOSECONDS.toMicros(nanos));
        }
    }
}
