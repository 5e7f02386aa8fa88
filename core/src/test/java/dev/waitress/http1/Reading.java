package dev.waitress.http1;

import dev.waitress.http.Limits;
import dev.waitress.http.Rejection;
import dev.waitress.http.RequestHead;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a parser has understood of the pieces that it was fed. */
final class Reading {
    private static final int READ_BYTES = 8192;

    private final Http1Parser parser;
    private final List<Message> messages = new ArrayList<>();
    private final byte[] buffer = new byte[READ_BYTES];
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private @Nullable Message head;
    private @Nullable Rejection refusal;
    private int unread;

    private Reading(Limits limits) {
        parser = new Http1Parser(limits);
    }

    static Reading of(Limits limits, List<byte[]> pieces) {
        return read(limits, pieces, Integer.MAX_VALUE);
    }

    /** Stops behind the first request. */
    static Reading first(Limits limits, List<byte[]> pieces) {
        return read(limits, pieces, 1);
    }

    /** The most that a parser keeps in its arrays between two pieces. */
    static long mostRetained(Limits limits, List<byte[]> pieces) {
        Reading reading = new Reading(limits);
        long most = 0;
        for (byte[] piece : pieces) {
            reading.read(piece, Integer.MAX_VALUE);
            most = Math.max(most, Retained.bytes(reading.parser, reading.buffer));
        }
        return most;
    }

    private static Reading read(Limits limits, List<byte[]> pieces, int most) {
        Reading reading = new Reading(limits);
        for (byte[] piece : pieces) {
            reading.read(piece, most);
        }
        return reading;
    }

    private void read(byte[] piece, int most) {
        // As the loop does: one buffer for all reads, overwritten by the next.
        System.arraycopy(piece, 0, buffer, 0, piece.length);
        ByteBuffer in = ByteBuffer.wrap(buffer, 0, piece.length);
        ParseStep step = null;
        while (refusal == null && messages.size() < most && step != ParseStep.Progress.NEED_MORE) {
            step = parser.feed(in);
            take(step);
        }
        unread += in.remaining();
    }

    private void take(ParseStep step) {
        if (step instanceof ParseStep.Head received) {
            head = message(received.head());
        } else if (step instanceof ParseStep.BodyBytes bytes) {
            body.write(bytes.array(), bytes.offset(), bytes.length());
        } else if (step instanceof ParseStep.Rejected rejected) {
            refusal = rejected.rejection();
        } else if (step == ParseStep.Progress.COMPLETE && head != null) {
            messages.add(new Message(
                    head.method(),
                    head.target(),
                    head.minorVersion(),
                    head.fields(),
                    body.toString(StandardCharsets.ISO_8859_1)));
            body.reset();
        }
    }

    private static Message message(RequestHead received) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < received.fieldCount(); i++) {
            fields.add(received.text(received.nameStart(i), received.nameEnd(i)) + ": "
                    + received.text(received.valueStart(i), received.valueEnd(i)));
        }
        return new Message(received.method(), received.targetText(), received.minorVersion(), fields, "");
    }

    List<Message> messages() {
        return messages;
    }

    /** Why it stopped, or that it has not. */
    String end() {
        return refusal == null ? "in a request: " + parser.inRequest() : refusal.toString();
    }

    /** Bytes that were left behind the last request. */
    int unread() {
        return unread;
    }
}
