package dev.waitress.http1;

import dev.waitress.http.ByteArrays;
import dev.waitress.http.Limits;
import dev.waitress.http.Rejection;
import dev.waitress.http.RequestHead;
import dev.waitress.http.Rule;
import dev.waitress.http.Syntax;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The requests in the bytes of one connection. The same bytes give the same steps, however they are cut into pieces:
 * head, body bytes (any number of times), complete; then the next head. After a {@link ParseStep.Rejected} the parser
 * is of no further use.
 *
 * <pre>
 *            head found                no body left
 *   HEAD ───────────────► BODY ─────────────────────► HEAD
 * </pre>
 */
public final class Http1Parser {
    private static final byte[] EMPTY = {};
    private static final int FIRST_PARTIAL_BYTES = 1024;
    private static final int MOST_SHOWN_BYTES = 8192;

    private final Limits limits;
    private final HeadScanner scanner;
    private final HeadParser headParser = new HeadParser();
    private final RequestHead head = headParser.head();
    private final ParseStep.Head headStep = new ParseStep.Head(head);
    private final FixedLengthReceiver fixedLength;
    private final ChunkedReceiver chunked;

    /** The first bytes of a head whose end has not come yet. */
    private byte[] partial = EMPTY;

    private int partialLength;

    /** Where the head is that was fed last, for {@link #firstLine()}. */
    private byte[] source = EMPTY;

    private int firstLine;
    private int firstLineLimit;

    /** Whether it is HEAD; its head's bytes may be overwritten before a refusal of its body asks. */
    private boolean headRequest;

    /** Reads the body of the current request; null between requests. */
    private @Nullable Receiver receiver;

    public Http1Parser(Limits limits) {
        this.limits = limits;
        this.scanner = new HeadScanner(limits);
        ParseStep.BodyBytes bytes = new ParseStep.BodyBytes();
        this.fixedLength = new FixedLengthReceiver(bytes);
        this.chunked = new ChunkedReceiver(limits, bytes);
    }

    /** Whether a request has begun to arrive and is not complete. Empty lines begin none. */
    public boolean inRequest() {
        return partialLength > scanner.firstByte() || receiver != null;
    }

    /** Whether it holds nothing of a request, not even an empty line before it, and so may serve another connection. */
    public boolean isFresh() {
        return partialLength == 0 && receiver == null;
    }

    /** Bytes that it holds on to for the sake of a head that is arriving, its indexes included, about. */
    public int heldBytes() {
        return partial.length + scanner.heldBytes();
    }

    /** Whether a large head has made it hold more than most heads need. */
    public boolean hasGrown() {
        return partial.length > FIRST_PARTIAL_BYTES || scanner.hasGrown();
    }

    /**
     * The next step.
     *
     * @param in bytes in an array, which the parser may change up to the position where it stops
     */
    public ParseStep feed(ByteBuffer in) {
        if (receiver == null) {
            return feedHead(in);
        }
        ParseStep step = receiver.feed(in);
        if (step == ParseStep.Progress.COMPLETE) {
            receiver = null;
        }
        return step instanceof ParseStep.Rejected refused
                ? new ParseStep.Rejected(refused.rejection().forRequest(head.minorVersion(), headRequest))
                : step;
    }

    /**
     * Takes note of bytes of a body of known length that are where they belong already: the step for them, and no more.
     *
     * @throws IllegalStateException if no such body is arriving
     * @throws IllegalArgumentException if so many bytes are not left of it
     */
    public void skip(int count) {
        if (receiver != fixedLength) {
            throw new IllegalStateException("no body of known length is arriving");
        }
        fixedLength.skip(count);
    }

    /**
     * The first line of the request that was refused, or is arriving; as far as it has come, and cut where it is long.
     * Valid until the bytes that were fed last are overwritten.
     */
    public byte[] firstLine() {
        int start = firstLine;
        while (start < firstLineLimit && (source[start] == '\r' || source[start] == '\n')) {
            start++;
        }
        int limit = Math.min(firstLineLimit, start + MOST_SHOWN_BYTES);
        return Arrays.copyOfRange(source, start, Syntax.findLineEnd(source, start, limit));
    }

    private ParseStep feedHead(ByteBuffer in) {
        byte[] bytes = in.array();
        int start = in.arrayOffset() + in.position();
        int available = in.remaining();
        if (partialLength > 0) {
            keep(in);
            bytes = partial;
            start = 0;
            available = partialLength;
        }
        source = bytes;
        firstLine = start;
        firstLineLimit = start + available;
        int length = scanner.scan(bytes, start, available);
        if (length == HeadScanner.REFUSED) {
            return refusal();
        }
        if (length == HeadScanner.NEED_MORE) {
            if (partialLength == 0) {
                keep(in);
            }
            return ParseStep.Progress.NEED_MORE;
        }
        // Where bytes were kept, those behind the head go back to the caller.
        in.position(in.position() + (partialLength > 0 ? length - partialLength : length));
        partialLength = 0;
        return parseHead(bytes, start, length);
    }

    private void keep(ByteBuffer in) {
        int count = in.remaining();
        partial = ByteArrays.withRoom(partial, Math.max(partialLength + count, FIRST_PARTIAL_BYTES));
        in.get(partial, partialLength, count);
        partialLength += count;
    }

    private ParseStep refusal() {
        Rejection refused = scanner.rejection();
        if (refused == null) {
            throw new IllegalStateException("refused without a reason");
        }
        return new ParseStep.Rejected(refused);
    }

    private ParseStep parseHead(byte[] bytes, int start, int length) {
        // Empty lines before the request are not part of it.
        int skipped = scanner.start(0);
        scanner.rebase(skipped);
        Rejection refused = headParser.parse(bytes, start + skipped, length - skipped, scanner);
        scanner.reset();
        if (refused != null) {
            return new ParseStep.Rejected(refused);
        }
        headRequest = head.isMethod("HEAD");
        if (head.contentLength() > 0 && head.contentLength() >= limits.maxBodyBytes()) {
            return new ParseStep.Rejected(Rejection.of(Rule.BODY_TOO_LARGE, String.valueOf(limits.maxBodyBytes()))
                    .forRequest(head.minorVersion(), headRequest));
        }
        receiver = head.isChunked() ? chunked.begin() : fixedLength.begin(Math.max(0, head.contentLength()));
        return headStep;
    }
}
