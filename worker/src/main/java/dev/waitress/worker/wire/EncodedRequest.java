package dev.waitress.worker.wire;

import dev.waitress.http.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request says that was encoded for a worker; read only when something has happened to that worker, so that it
 * need not be kept for each.
 *
 * @param method as the client has sent it
 * @param target of its request line
 * @param hasBody whether there are bytes of a body
 * @param isAgain whether another worker has begun it before
 * @param id what it is called; empty if it has no name
 */
public record EncodedRequest(String method, String target, boolean hasBody, boolean isAgain, String id) {
    private static final byte[] NOTHING = {};

    /** Key of the environ: how often the request has begun, with this time. Where it is missing, once. */
    private static final String ATTEMPT = "waitress.attempt";

    private static final int SECOND = 2;

    /** RFC 9110 §9.2.1: they change nothing, so that nobody is harmed when they are done twice. */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    /** Behind the tuple's code and length and the id. */
    private static final int ENVIRON = 1 + 4 + 1 + 4;

    /** Behind the dictionary's code too. */
    static final int FIRST_KEY = ENVIRON + 1;

    /**
     * Reads one.
     *
     * @param bytes {@code (id, environ, body, template)}, as {@link RequestEncoder} has made it, whole
     */
    public static EncodedRequest read(byte[] bytes, int start, int end) {
        Pairs pairs = new Pairs(bytes, start + FIRST_KEY);
        String method = "";
        String target = "";
        boolean isAgain = false;
        String id = "";
        while (bytes[pairs.at] != '0') {
            String key = pairs.text();
            String value = pairs.text();
            if (key.equals("REQUEST_METHOD")) {
                method = value;
            } else if (key.equals("REQUEST_URI")) {
                target = value;
            } else if (key.equals(ATTEMPT)) {
                isAgain = true;
            } else if (key.equals("waitress.request_id")) {
                id = value;
            }
        }
        return new EncodedRequest(method, target, pairs.at + 1 >= end || bytes[pairs.at + 1] != 'N', isAgain, id);
    }

    /** Whether it may run once more if nobody has seen an answer. */
    public boolean isRepeatable() {
        return SAFE.contains(method) && !hasBody && !isAgain;
    }

    /** As it is shown in logs. */
    public String line() {
        return Printable.of(method + " " + target);
    }

    /** The same with its name, if it has one. */
    public String title() {
        return id.isEmpty() ? line() : line() + " (" + id + ")";
    }

    /**
     * A copy of a request that is whole, and has no mark of its wait any more.
     *
     * @param template that it was encoded with, if there is one
     */
    public static byte[] whole(byte[] bytes, int start, int end, @Nullable EnvironTemplate template) {
        byte[] pairs = template == null ? NOTHING : template.pairs();
        byte[] unmarked = QueueMark.without(bytes, start, end);
        MarshalWriter writer = new MarshalWriter(unmarked.length + pairs.length);
        writer.raw(unmarked, 0, FIRST_KEY);
        writer.raw(pairs, 0, pairs.length);
        writer.raw(unmarked, FIRST_KEY, unmarked.length - FIRST_KEY);
        writer.patch(writer.length() - Integer.BYTES, 0);
        return writer.toByteArray();
    }

    /** The same request as one that has begun before. */
    public static byte[] again(byte[] encoded) {
        MarshalWriter writer = new MarshalWriter(encoded.length + 2 * ATTEMPT.length());
        writer.raw(encoded, 0, FIRST_KEY);
        writer.text(ATTEMPT);
        writer.integer(SECOND);
        writer.raw(encoded, FIRST_KEY, encoded.length - FIRST_KEY);
        return writer.toByteArray();
    }

    /** Texts one behind another, in each form in which they are written. */
    private static final class Pairs {
        private final byte[] bytes;
        private int at;

        Pairs(byte[] bytes, int start) {
            this.bytes = bytes;
            this.at = start;
        }

        String text() {
            char code = (char) bytes[at++];
            int count;
            if (code == 'g') {
                at += Double.BYTES;
                return ""; // of no interest
            }
            if (code == 'z') {
                count = bytes[at++] & 0xFF;
            } else {
                count = MarshalReader.getInt(bytes, at);
                at += 4;
            }
            if (code == 'i') {
                return String.valueOf(count);
            }
            at += count;
            return new String(
                    bytes, at - count, count, code == 'u' ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        }
    }
}
