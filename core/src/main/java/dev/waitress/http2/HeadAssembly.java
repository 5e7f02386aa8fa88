package dev.waitress.http2;

import dev.waitress.http.Ascii;
import dev.waitress.http.ByteArrays;
import dev.waitress.http.FieldIndex;
import dev.waitress.http.Limits;
import dev.waitress.http.Protocol;
import dev.waitress.http.Rejection;
import dev.waitress.http.RequestFields;
import dev.waitress.http.RequestHead;
import dev.waitress.http.RequestHeadBuilder;
import dev.waitress.http.Rule;
import dev.waitress.http.Syntax;
import dev.waitress.http.Target;
import dev.waitress.http2.PseudoFields.Kind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes the head of a request of a block's fields, laid out as one of HTTP/1 is, and judged by the same rules: nothing
 * that is refused there passes here. What no server may pass on is malformed (RFC 9113 §8.1.1); it is told from what is
 * refused with an answer. One head after the other; one thread at a time.
 */
public final class HeadAssembly implements FieldSink {
    private static final int FIRST_BYTES = 1024;
    private static final int KEPT_BYTES = 16 * 1024;

    /** Much more than what is refused is no mistake any more: the connection ends. */
    private static final long FAR_BEYOND = 4;

    private static final byte[] HOST = Ascii.bytes("host");
    /** As applications and logs show it; HTTP/2 itself has no such text. */
    private static final byte[] VERSION = Ascii.bytes("HTTP/2.0");

    private static final byte[] SPACE = {' '};
    private static final byte[] DIVIDER = {':', ' '};
    private static final byte[] LINE_END = {'\r', '\n'};

    private final Limits limits;
    private final RequestHeadBuilder builder = new RequestHeadBuilder();
    private final RequestFields fields = new RequestFields();
    private final PseudoFields pseudo = new PseudoFields();

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;
    private long listBytes;
    private int lines;

    /** Whether the request line was written, behind which no pseudo-field may come. */
    private boolean lineIsWritten;

    private boolean isMalformed;
    private boolean hostDiffers;
    private @Nullable Rejection rejection;

    public HeadAssembly(Limits limits) {
        this.limits = limits;
    }

    /** Forgets the head before. */
    public void begin() {
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
        length = 0;
        listBytes = 0;
        lines = 0;
        lineIsWritten = false;
        isMalformed = false;
        hostDiffers = false;
        rejection = null;
        pseudo.clear();
        builder.begin(bytes, 0, 0);
    }

    // ---- Fields ----------------------------------------------------------------------------------------------------

    @Override
    public boolean field(byte[] names, int name, int nameEnd, byte[] values, int value, int valueEnd) {
        listBytes += nameEnd - name + valueEnd - value + StaticTable.OVERHEAD;
        if (listBytes > limits.maxHeadBytes()) {
            // RFC 9113 §10.5.1: the block is read to its end for the table's sake, and nothing of it is kept.
            return listBytes <= Math.max(limits.maxHeadBytes(), DynamicTable.MOST_BYTES) * FAR_BEYOND;
        }
        boolean isPseudo = name < nameEnd && names[name] == ':';
        if (!FieldText.isValue(values, value, valueEnd)) {
            isMalformed = true;
        } else if (isPseudo) {
            isMalformed |= lineIsWritten || !pseudo.add(names, name, nameEnd, values, value, valueEnd);
        } else if (!FieldText.isName(names, name, nameEnd)
                || FieldText.isOfConnection(names, name, nameEnd, values, value, valueEnd)) {
            isMalformed = true;
        } else {
            regular(names, name, nameEnd, values, value, valueEnd);
        }
        return true;
    }

    private void regular(byte[] names, int name, int nameEnd, byte[] values, int value, int valueEnd) {
        writeLine();
        if (++lines > limits.maxFields() || isMalformed) {
            return;
        }
        if (pseudo.has(Kind.AUTHORITY) && Syntax.equalsIgnoreCase(names, name, nameEnd, "host")) {
            // RFC 9113 §8.3.1: they say the same; once is enough.
            hostDiffers |= !isAuthority(values, value, valueEnd);
            return;
        }
        for (int i = name; i < nameEnd; i++) {
            if (names[i] == '_') {
                return; // well formed, and counts for nothing: it could pose as the name with a hyphen
            }
        }
        add(names, name, nameEnd, values, value, valueEnd);
    }

    private boolean isAuthority(byte[] values, int value, int valueEnd) {
        return Ascii.text(Arrays.copyOfRange(values, value, valueEnd))
                .equalsIgnoreCase(Ascii.text(
                        Arrays.copyOfRange(pseudo.bytes(), pseudo.start(Kind.AUTHORITY), pseudo.end(Kind.AUTHORITY))));
    }

    private void add(byte[] names, int name, int nameEnd, byte[] values, int value, int valueEnd) {
        int start = length;
        append(names, name, nameEnd);
        int end = length;
        append(DIVIDER);
        int valueStart = length;
        append(values, value, valueEnd);
        builder.field(start, end, valueStart, length);
        append(LINE_END);
    }

    /** The line that a request of HTTP/1 begins with, and Host; written when the pseudo-fields are all there. */
    private void writeLine() {
        if (lineIsWritten) {
            return;
        }
        lineIsWritten = true;
        append(pseudo.bytes(), pseudo.start(Kind.METHOD), pseudo.end(Kind.METHOD));
        append(SPACE);
        append(pseudo.bytes(), pseudo.start(Kind.PATH), pseudo.end(Kind.PATH));
        append(SPACE);
        append(VERSION);
        append(LINE_END);
        if (pseudo.has(Kind.AUTHORITY)) {
            lines++;
            add(HOST, 0, HOST.length, pseudo.bytes(), pseudo.start(Kind.AUTHORITY), pseudo.end(Kind.AUTHORITY));
        }
    }

    private void append(byte[] part) {
        append(part, 0, part.length);
    }

    private void append(byte[] source, int from, int to) {
        if (length + to - from > bytes.length) {
            bytes = ByteArrays.withRoom(bytes, length + to - from);
            builder.extend(bytes, length);
        }
        System.arraycopy(source, from, bytes, length, to - from);
        length += to - from;
    }

    // ---- The head --------------------------------------------------------------------------------------------------

    /**
     * All fields were given.
     *
     * @param endsStream whether there is no body
     * @return false if the request is malformed; else {@link #rejection} says whether it is refused
     */
    public boolean end(boolean endsStream) {
        writeLine();
        append(LINE_END);
        builder.extend(bytes, length);
        builder.protocol(Protocol.HTTP_2);
        builder.method(pseudo.end(Kind.METHOD) - pseudo.start(Kind.METHOD));
        if (listBytes > limits.maxHeadBytes()) {
            reject(Rejection.of(Rule.HEAD_TOO_LARGE, String.valueOf(limits.maxHeadBytes())));
            return !isMalformed;
        }
        if (isMalformed || hostDiffers || !isWhole()) {
            return false;
        }
        judge();
        return rejection != null || agreeOnBody(endsStream);
    }

    private boolean isWhole() {
        byte[] method = pseudo.bytes();
        if (!Syntax.isTokens(method, pseudo.start(Kind.METHOD), pseudo.end(Kind.METHOD))) {
            return false;
        }
        return builder.head().isMethod("CONNECT")
                || pseudo.end(Kind.PATH) > pseudo.start(Kind.PATH)
                        && (pseudo.is(Kind.SCHEME, "http") || pseudo.is(Kind.SCHEME, "https"));
    }

    private void judge() {
        RequestHead head = builder.head();
        if (lines > limits.maxFields()) {
            reject(Rejection.of(Rule.TOO_MANY_FIELDS, String.valueOf(limits.maxFields())));
            return;
        }
        if (head.lineEnd() > limits.maxLineBytes()) {
            reject(Rejection.of(Rule.LINE_TOO_LONG, String.valueOf(limits.maxLineBytes())));
            return;
        }
        Rejection refused = index();
        if (refused == null) {
            refused = judgeLine();
        }
        if (refused == null) {
            Rule broken = fields.check(builder);
            refused = broken == null ? null : Rejection.of(broken);
        }
        if (refused == null && head.contentLength() > 0 && head.contentLength() >= limits.maxBodyBytes()) {
            refused = Rejection.of(Rule.BODY_TOO_LARGE, String.valueOf(limits.maxBodyBytes()));
        }
        if (refused != null) {
            reject(refused);
        }
    }

    private void reject(Rejection refused) {
        rejection = refused.forRequest(1, builder.head().isMethod("HEAD"));
    }

    private @Nullable Rejection index() {
        RequestHead head = builder.head();
        fields.clear(head.fieldCount() + 1);
        Rejection refused = null;
        for (int field = 0; field < head.fieldCount() && refused == null; field++) {
            int start = head.nameStart(field);
            int end = head.nameEnd(field);
            int hash = 0;
            for (int i = start; i < end; i++) {
                hash = FieldIndex.hash(hash, bytes[i]);
            }
            refused = fields.add(builder, bytes, start, end, field, hash);
        }
        return refused;
    }

    private @Nullable Rejection judgeLine() {
        int methodEnd = builder.head().methodEnd();
        for (int i = 0; i < methodEnd; i++) {
            if (bytes[i] >= 'a' && bytes[i] <= 'z') {
                return Rejection.of(Rule.METHOD_CASE, Rejection.echo(bytes, 0, methodEnd));
            }
        }
        if (builder.head().isMethod("CONNECT")) {
            return Rejection.of(Rule.CONNECT);
        }
        int target = methodEnd + 1;
        int targetEnd = target + pseudo.end(Kind.PATH) - pseudo.start(Kind.PATH);
        // RFC 9113 §8.3.1: path and query, or an asterisk; an authority stands in a field of its own.
        boolean mayBeTarget = bytes[target] == '/' || bytes[target] == '*';
        Rule broken = mayBeTarget ? Target.parse(bytes, target, targetEnd, builder) : Rule.TARGET;
        return broken == null ? null : Rejection.of(broken);
    }

    /** RFC 9113 §8.1.1: what Content-Length says is what comes. */
    private boolean agreeOnBody(boolean endsStream) {
        long stated = builder.head().contentLength();
        if (!endsStream && stated == RequestHead.NO_LENGTH) {
            builder.chunked();
        }
        return !endsStream || stated <= 0;
    }

    /** Why the request is refused; null if it is not. */
    public @Nullable Rejection rejection() {
        return rejection;
    }

    /** The head, until the next one begins. */
    public RequestHead head() {
        return builder.head();
    }

    /** The line with which a request of HTTP/1 would begin, copied. */
    public byte[] line() {
        return Arrays.copyOf(bytes, Syntax.findLineEnd(bytes, 0, length));
    }
}
