package dev.waitress.http1;

import dev.waitress.http.Limits;
import dev.waitress.http.Rejection;
import dev.waitress.http.Rule;
import dev.waitress.http.Syntax;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A body in chunks. RFC 9112 §7.1. White space around the parts of a size line is refused: proxies differ on it. */
final class ChunkedReceiver implements Receiver {
    private static final int MAX_SIZE_DIGITS = 15;

    private enum State {
        SIZE_START,
        SIZE,
        EXTENSION_NAME_START,
        EXTENSION_NAME,
        EXTENSION_VALUE_START,
        EXTENSION_TOKEN,
        EXTENSION_QUOTED,
        EXTENSION_ESCAPED,
        EXTENSION_QUOTED_END,
        EXTENSION_LF,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER_START,
        TRAILER_NAME,
        TRAILER_VALUE,
        TRAILER_LF,
        FINAL_LF
    }

    private final Limits limits;
    private final ParseStep.BodyBytes bytes;

    private State state = State.SIZE_START;
    private long chunkRemaining;
    private long bodyBytes;
    private int lineBytes;
    private int sizeDigits;

    ChunkedReceiver(Limits limits, ParseStep.BodyBytes bytes) {
        this.limits = limits;
        this.bytes = bytes;
    }

    Receiver begin() {
        state = State.SIZE_START;
        bodyBytes = 0;
        return this;
    }

    @Override
    public ParseStep feed(ByteBuffer in) {
        while (in.hasRemaining()) {
            if (state == State.DATA) {
                return data(in);
            }
            byte b = in.get();
            if (state == State.FINAL_LF) {
                return b == '\n' ? ParseStep.Progress.COMPLETE : new ParseStep.Rejected(Rejection.of(Rule.TRAILER));
            }
            Rejection refused = framing(b);
            if (refused != null) {
                return new ParseStep.Rejected(refused);
            }
        }
        return ParseStep.Progress.NEED_MORE;
    }

    private ParseStep data(ByteBuffer in) {
        bytes.take(in, chunkRemaining);
        chunkRemaining -= bytes.length();
        if (chunkRemaining == 0) {
            state = State.DATA_CR;
        }
        return bytes;
    }

    /** Takes one byte that is not data; null while all is well. */
    private @Nullable Rejection framing(byte b) {
        return switch (state) {
            case SIZE_START, SIZE -> size(b);
            case DATA_CR -> expect(b, '\r', State.DATA_LF, Rule.CHUNK_END);
            case DATA_LF -> expect(b, '\n', State.SIZE_START, Rule.CHUNK_END);
            case SIZE_LF -> sizeLineEnd(b, Rule.CHUNK_SIZE);
            case EXTENSION_LF -> sizeLineEnd(b, Rule.CHUNK_EXTENSION);
            case TRAILER_START, TRAILER_NAME, TRAILER_VALUE, TRAILER_LF -> trailer(b);
            default -> extension(b);
        };
    }

    private @Nullable Rejection expect(byte b, char expected, State next, Rule otherwise) {
        state = next;
        return b == expected ? null : Rejection.of(otherwise);
    }

    // chunk-size = 1*HEXDIG, RFC 9112 §7.1
    private @Nullable Rejection size(byte b) {
        if (state == State.SIZE_START) {
            lineBytes = 0;
            sizeDigits = 0;
            chunkRemaining = 0;
            if (!Syntax.isHex(b)) {
                return Rejection.of(Rule.CHUNK_SIZE);
            }
            state = State.SIZE;
        }
        if (lineIsTooLong(b)) {
            return Rejection.of(Rule.CHUNK_SIZE);
        }
        if (Syntax.isHex(b)) {
            return digit(b);
        }
        return switch (b) {
            case ';' -> to(State.EXTENSION_NAME_START);
            case '\r' -> to(State.SIZE_LF);
            default -> Rejection.of(Rule.CHUNK_SIZE);
        };
    }

    private boolean lineIsTooLong(byte b) {
        return b != '\r' && ++lineBytes > limits.maxChunkLineBytes();
    }

    private @Nullable Rejection digit(byte b) {
        if (chunkRemaining > 0 || b != '0') {
            sizeDigits++;
        }
        chunkRemaining = sizeDigits > MAX_SIZE_DIGITS ? Long.MAX_VALUE : 16 * chunkRemaining + Syntax.hexValue(b);
        // What the limit leaves is known before the data comes.
        return bodyBytes + chunkRemaining < 0 || tooLarge(bodyBytes + chunkRemaining)
                ? Rejection.of(Rule.BODY_TOO_LARGE, String.valueOf(limits.maxBodyBytes()))
                : null;
    }

    private boolean tooLarge(long size) {
        return size > 0 && size >= limits.maxBodyBytes();
    }

    private @Nullable Rejection to(State next) {
        state = next;
        return null;
    }

    // chunk-ext = *( ";" chunk-ext-name [ "=" chunk-ext-val ] ), RFC 9112 §7.1.1, without its BWS
    private @Nullable Rejection extension(byte b) {
        if (lineIsTooLong(b)) {
            return Rejection.of(Rule.CHUNK_SIZE);
        }
        State next = switch (state) {
            case EXTENSION_NAME_START -> Syntax.isToken(b) ? State.EXTENSION_NAME : null;
            case EXTENSION_NAME ->
                Syntax.isToken(b) ? State.EXTENSION_NAME : b == '=' ? State.EXTENSION_VALUE_START : afterExtension(b);
            case EXTENSION_VALUE_START ->
                b == '"' ? State.EXTENSION_QUOTED : Syntax.isToken(b) ? State.EXTENSION_TOKEN : null;
            case EXTENSION_TOKEN -> Syntax.isToken(b) ? State.EXTENSION_TOKEN : afterExtension(b);
            case EXTENSION_QUOTED -> quoted(b);
            case EXTENSION_ESCAPED -> Syntax.isFieldValue(b) ? State.EXTENSION_QUOTED : null;
            default -> afterExtension(b);
        };
        if (next == null) {
            return Rejection.of(Rule.CHUNK_EXTENSION);
        }
        return to(next);
    }

    private static @Nullable State quoted(byte b) {
        return switch (b) {
            case '"' -> State.EXTENSION_QUOTED_END;
            case '\\' -> State.EXTENSION_ESCAPED;
            default -> Syntax.isQuotedText(b) ? State.EXTENSION_QUOTED : null;
        };
    }

    private static @Nullable State afterExtension(byte b) {
        return switch (b) {
            case ';' -> State.EXTENSION_NAME_START;
            case '\r' -> State.EXTENSION_LF;
            default -> null;
        };
    }

    private @Nullable Rejection sizeLineEnd(byte b, Rule otherwise) {
        if (b != '\n') {
            return Rejection.of(otherwise);
        }
        bodyBytes += chunkRemaining;
        lineBytes = 0;
        return to(chunkRemaining == 0 ? State.TRAILER_START : State.DATA);
    }

    // trailer-section = *( field-line CRLF ), RFC 9112 §7.1.2; read for its syntax, then dropped
    private @Nullable Rejection trailer(byte b) {
        boolean isEnd = state == State.TRAILER_START && b == '\r';
        if (!isEnd && ++lineBytes > limits.maxTrailerBytes()) {
            return Rejection.of(Rule.TRAILER_TOO_LARGE, String.valueOf(limits.maxTrailerBytes()));
        }
        State next = switch (state) {
            case TRAILER_START -> b == '\r' ? State.FINAL_LF : Syntax.isToken(b) ? State.TRAILER_NAME : null;
            case TRAILER_NAME -> b == ':' ? State.TRAILER_VALUE : Syntax.isToken(b) ? State.TRAILER_NAME : null;
            case TRAILER_VALUE -> b == '\r' ? State.TRAILER_LF : Syntax.isFieldValue(b) ? State.TRAILER_VALUE : null;
            default -> b == '\n' ? State.TRAILER_START : null;
        };
        return next == null ? Rejection.of(Rule.TRAILER) : to(next);
    }
}
