package dev.waitress.http1;

import dev.waitress.http.Ascii;
import dev.waitress.http.Limits;
import dev.waitress.http.Rejection;
import dev.waitress.http.RequestHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a parser makes of some bytes, the same for all ways to cut them. While it reads it checks what every step must
 * keep: bytes are consumed in order, none beyond the end, and each step leads on.
 *
 * @param messages the requests that were accepted, in order
 * @param rest what the last of the bytes led to: a refusal, or the part of a request
 */
record Reading(List<Message> messages, String rest) {
    /** Small enough for a fuzzer to reach them. */
    static final Limits LIMITS = new Limits(128, 512, 12, 32, 64, 256);

    static final String CRLF = "\r\n";

    /**
     * One request.
     *
     * @param wire the bytes that it was read from
     * @param head all that its head says
     * @param rewritten the same request, written in the plainest way
     */
    record Message(String wire, String head, String body, String rewritten) {}

    static Reading whole(byte[] input) {
        return new Reader(input).read(() -> input.length);
    }

    static Reading byteByByte(byte[] input) {
        return new Reader(input).read(() -> 1);
    }

    /** In pieces whose sizes depend on the input alone, so that a finding can be repeated. */
    static Reading inPieces(byte[] input) {
        Random random = new Random(Arrays.hashCode(input));
        return new Reader(input).read(() -> 1 + random.nextInt(60));
    }

    /** One byte per character. */
    static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private static final class Reader {
        /** Around each piece stand bytes that would end a line or a head if they were read. */
        private static final byte[] MARGIN = Ascii.bytes("\r\n\r\n");

        private final Http1Parser parser = new Http1Parser(LIMITS);
        private final List<Message> messages = new ArrayList<>();
        private final StringBuilder body = new StringBuilder();
        private final byte[] input;

        private @Nullable RequestHead head;
        private @Nullable Rejection rejection;
        private int messageStart;

        Reader(byte[] input) {
            this.input = input;
        }

        Reading read(IntSupplier pieceSize) {
            for (int start = 0, end; start < input.length && rejection == null; start = end) {
                end = Math.min(input.length, start + pieceSize.getAsInt());
                readPiece(start, end);
            }
            String rest = rejection != null ? rejection.toString() : head != null ? describe(head) + body : "";
            return new Reading(messages, rest);
        }

        private void readPiece(int start, int end) {
            byte[] array = new byte[MARGIN.length + end - start + MARGIN.length];
            System.arraycopy(MARGIN, 0, array, 0, MARGIN.length);
            System.arraycopy(input, start, array, MARGIN.length, end - start);
            System.arraycopy(MARGIN, 0, array, MARGIN.length + end - start, MARGIN.length);
            ByteBuffer in = ByteBuffer.wrap(array, MARGIN.length, end - start);
            ParseStep step;
            do {
                int position = in.position();
                step = parser.feed(in);
                check(step, position, in);
                note(step, start + in.position() - MARGIN.length);
            } while (step != ParseStep.Progress.NEED_MORE && rejection == null);
            // As the next read would.
            Arrays.fill(array, (byte) '!');
        }

        private static void check(ParseStep step, int position, ByteBuffer in) {
            int consumed = in.position() - position;
            if (step instanceof ParseStep.Head) {
                require(consumed > 0, "a head that consumes nothing");
            } else if (step instanceof ParseStep.BodyBytes bytes) {
                require(bytes.array() == in.array(), "body bytes from elsewhere");
                require(bytes.length() > 0, "body bytes that are none");
                require(bytes.offset() >= position, "body bytes that were consumed before");
                require(bytes.offset() + bytes.length() == in.position(), "body bytes that are not consumed");
            } else if (step == ParseStep.Progress.NEED_MORE) {
                require(!in.hasRemaining(), "more is needed, but there is more");
            }
            require(consumed >= 0 && in.position() <= in.limit(), "consumed what was not there");
        }

        private static void require(boolean kept, String otherwise) {
            if (!kept) {
                throw new AssertionError(otherwise);
            }
        }

        private void note(ParseStep step, int consumed) {
            if (step instanceof ParseStep.Head received) {
                head = received.head().detach();
            } else if (step instanceof ParseStep.BodyBytes bytes) {
                body.append(text(bytes.array(), bytes.offset(), bytes.offset() + bytes.length()));
            } else if (step instanceof ParseStep.Rejected refused) {
                rejection = refused.rejection();
            } else if (step == ParseStep.Progress.COMPLETE && head != null) {
                messages.add(new Message(
                        text(input, messageStart, consumed), describe(head), body.toString(), rewrite(head)));
                messageStart = consumed;
                head = null;
                body.setLength(0);
            }
        }

        private static String describe(RequestHead head) {
            StringBuilder text = new StringBuilder();
            text.append(head.method()).append(' ').append(head.targetText());
            text.append("\nauthority ").append(head.text(head.authorityStart(), head.authorityEnd()));
            text.append("\npath ").append(head.text(head.pathStart(), head.pathEnd()));
            text.append("\nquery ").append(head.text(head.queryStart(), head.queryEnd()));
            text.append("\nversion ").append(head.minorVersion());
            text.append("\nlength ").append(head.isChunked() ? "chunked" : head.contentLength());
            text.append("\nkeep-alive ").append(head.wantsKeepAlive());
            text.append("\ncontinue ").append(head.expectsContinue());
            for (int field = 0; field < head.fieldCount(); field++) {
                text.append('\n').append(line(head, field));
                text.append(head.isRepeated(field) ? " (again)" : "")
                        .append(" next ")
                        .append(head.nextOfName(field));
            }
            return text.append('\n').toString();
        }

        private String rewrite(RequestHead head) {
            StringBuilder text = new StringBuilder()
                    .append(head.method())
                    .append(' ')
                    .append(head.targetText())
                    .append(" HTTP/1.")
                    .append(head.minorVersion())
                    .append(CRLF);
            for (int field = 0; field < head.fieldCount(); field++) {
                text.append(line(head, field)).append(CRLF);
            }
            return text.append(CRLF)
                    .append(head.isChunked() ? chunked(body) : body)
                    .toString();
        }

        private static String chunked(CharSequence body) {
            String chunk = body.length() == 0 ? "" : Integer.toHexString(body.length()) + CRLF + body + CRLF;
            return chunk + "0" + CRLF + CRLF;
        }

        private static String line(RequestHead head, int field) {
            return head.text(head.nameStart(field), head.nameEnd(field)) + ":"
                    + head.text(head.valueStart(field), head.valueEnd(field));
        }
    }
}
