package dev.waitress.http1;

import dev.waitress.http.Limits;
import dev.waitress.http.Rejection;
import dev.waitress.http.RequestHead;
import dev.waitress.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Feeds a parser and writes down what it says, in a form that does not depend on how the input was cut. */
final class Fed {
    static final Limits LIMITS = Limits.of(Settings.defaults());

    private final Http1Parser parser;
    private final List<String> events = new ArrayList<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private boolean refused;

    private Fed(Limits limits) {
        parser = new Http1Parser(limits);
    }

    static List<String> whole(String input) {
        return whole(input, LIMITS);
    }

    static List<String> whole(String input, Limits limits) {
        return new Fed(limits).feed(bytes(input)).events;
    }

    static List<String> byteByByte(String input, Limits limits) {
        Fed fed = new Fed(limits);
        for (byte b : bytes(input)) {
            fed.feed(new byte[] {b});
        }
        return fed.events;
    }

    /** Two pieces, the second in an array that also holds other bytes before and after. */
    static List<String> cut(String input, int at, Limits limits) {
        byte[] all = bytes(input);
        return new Fed(limits)
                .feed(Arrays.copyOfRange(all, 0, at))
                .feed(Arrays.copyOfRange(all, at, all.length))
                .events;
    }

    static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    private Fed feed(byte[] piece) {
        // As the loop does: one buffer for all, overwritten by the next read.
        ByteBuffer in = ByteBuffer.wrap(Arrays.copyOf(piece, piece.length + 3), 0, piece.length);
        while (!refused) {
            ParseStep step = parser.feed(in);
            if (step == ParseStep.Progress.NEED_MORE) {
                return this;
            }
            note(step);
        }
        return this;
    }

    private void note(ParseStep step) {
        if (step instanceof ParseStep.Head received) {
            events.add(describe(received.head()));
        } else if (step instanceof ParseStep.BodyBytes bytes) {
            body.write(bytes.array(), bytes.offset(), bytes.length());
        } else if (step instanceof ParseStep.Rejected rejected) {
            refused = true;
            Rejection rejection = rejected.rejection();
            events.add(
                    rejection.rule().status().code() + " " + rejection.text() + " HTTP/1." + rejection.minorVersion());
        } else {
            events.add("body \"" + body.toString(StandardCharsets.ISO_8859_1) + "\"");
            body.reset();
        }
    }

    private static String describe(RequestHead head) {
        StringBuilder text = new StringBuilder()
                .append(head.method())
                .append(' ')
                .append(head.text(head.pathStart(), head.pathEnd()))
                .append('?')
                .append(head.text(head.queryStart(), head.queryEnd()))
                .append(" 1.")
                .append(head.minorVersion())
                .append(head.wantsKeepAlive() ? " open" : " close");
        for (int field = 0; field < head.fieldCount(); field++) {
            text.append(head.isRepeated(field) ? " +" : " ")
                    .append(head.text(head.nameStart(field), head.nameEnd(field)))
                    .append('=')
                    .append(head.text(head.valueStart(field), head.valueEnd(field)));
        }
        return text.toString();
    }
}
