package dev.waitress.wire;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.buffer.BodyStorage;
import dev.waitress.buffer.MemoryBudget;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.buffer.SharedMemory;
import dev.waitress.exchange.Environ;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.ServerEnd;
import dev.waitress.http.Limits;
import dev.waitress.http.Rejection;
import dev.waitress.http.RequestHead;
import dev.waitress.http1.Http1Parser;
import dev.waitress.http1.ParseStep;
import dev.waitress.proxy.Forwarding;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a parser makes of a client's bytes: everything that the application would see, and how it ends. */
final class Transcript {
    private static final Peer PEER = new Peer("127.0.0.1", "5555", new ServerEnd("http", "8080"));
    private static final byte[] LAST_READS_BYTES =
            "  what an earlier read left in the buffer\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Http1Parser parser;
    private final Environ environ;
    private final List<Outcome> outcomes = new ArrayList<>();
    private @Nullable RequestHead head;
    private BodyBuffer body = newBody();
    private boolean ended;

    private Transcript(Settings settings) {
        parser = new Http1Parser(Limits.of(settings));
        environ = new Environ(settings);
    }

    /** Feeds the pieces one after the other, as that many reads of a socket would. */
    static List<Outcome> of(Settings settings, List<byte[]> pieces) {
        Transcript transcript = new Transcript(settings);
        for (byte[] piece : pieces) {
            transcript.feed(piece);
        }
        if (!transcript.ended) {
            transcript.outcomes.add(transcript.end());
        }
        return transcript.outcomes;
    }

    private Outcome end() {
        if (!parser.inRequest()) {
            return Outcome.KEEP;
        }
        return head != null && head.expectsContinue() ? Outcome.INCOMPLETE.with("100-continue") : Outcome.INCOMPLETE;
    }

    private static BodyBuffer newBody() {
        return new BodyBuffer(
                0,
                new BodyStorage(
                        Integer.MAX_VALUE,
                        new MemoryBudget(Integer.MAX_VALUE),
                        new PrivateDirectory(),
                        SharedMemory.NONE));
    }

    private void feed(byte[] piece) {
        byte[] buffer = new byte[LAST_READS_BYTES.length + piece.length + LAST_READS_BYTES.length];
        System.arraycopy(LAST_READS_BYTES, 0, buffer, 0, LAST_READS_BYTES.length);
        System.arraycopy(piece, 0, buffer, LAST_READS_BYTES.length, piece.length);
        System.arraycopy(LAST_READS_BYTES, 0, buffer, LAST_READS_BYTES.length + piece.length, LAST_READS_BYTES.length);
        ByteBuffer in = ByteBuffer.wrap(buffer, LAST_READS_BYTES.length, piece.length);
        ParseStep step = null;
        while (!ended && step != ParseStep.Progress.NEED_MORE) {
            step = parser.feed(in);
            take(step);
        }
        // As the next read of the loop does.
        Arrays.fill(buffer, (byte) '!');
    }

    private void take(ParseStep step) {
        if (step instanceof ParseStep.Head received) {
            head = received.head();
        } else if (step instanceof ParseStep.BodyBytes bytes) {
            append(bytes);
        } else if (step instanceof ParseStep.Rejected rejected) {
            Rejection rejection = rejected.rejection();
            outcomes.add(Outcome.rejected(
                    rejection.rule().status().code(),
                    rejection.text(),
                    rejection.minorVersion(),
                    !rejection.headRequest()));
            ended = true;
        } else if (step == ParseStep.Progress.COMPLETE && head != null) {
            complete(head);
        } else if (head != null) {
            head = head.detach();
        }
    }

    private void append(ParseStep.BodyBytes bytes) {
        try {
            body.append(bytes.array(), bytes.offset(), bytes.length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void complete(RequestHead received) {
        outcomes.add(describe(new Request(received, body, PEER, Forwarding.NONE)));
        outcomes.add(Outcome.body(Arrays.copyOf(body.memory(), (int) body.size())));
        if (!received.wantsKeepAlive()) {
            outcomes.add(Outcome.CLOSE_AFTER);
            ended = true;
        }
        head = null;
        body = newBody();
    }

    private Outcome describe(Request request) {
        RequestHead received = request.head();
        Map<String, String> values = new LinkedHashMap<>();
        environ.write(
                request,
                (key, keyEnd, value, start, end) ->
                        values.put(text(key, 0, keyEnd), Notation.encode(text(value, start, end))));
        List<String> variables = new ArrayList<>();
        values.forEach((key, value) -> variables.add(key + " \"" + value + "\""));
        if (received.expectsContinue()) {
            variables.add("100-continue");
        }
        return new Outcome("head " + Notation.encode(received.method() + " " + received.targetText()), variables);
    }

    private static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }
}
