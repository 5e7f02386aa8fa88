package dev.waitress.net;

import dev.waitress.loop.LoopResources;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

/** Moves records between an engine and the wire. Event loop only. */
final class RecordLayer {
    /** What a handshake waits for. */
    enum Progress {
        /** For the client. */
        WAITS,
        /** For what the engine delegates. */
        COMPUTES,
        DONE,
        /** The client has gone. */
        ENDED
    }

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /**
     * So many messages without content, such as KeyUpdate, and one more for each such piece of content: each costs us
     * more than the client. RFC 8446 §4.6.3.
     */
    private static final int FREE_MESSAGES = 32;

    private static final int BYTES_FOR_ONE_MORE = 32 * 1024;

    /** A KeyUpdate takes 27 bytes of the wire; but a record may have thousands of them, of 5 bytes. */
    private static final int MESSAGE_BYTES = 32;

    /** Why a connection fails is one record, its end another; what else the engine has to say nobody needs then. */
    private static final int MOST_LAST_RECORDS = 16;

    private final SSLEngine engine;
    private final SealedInput input;
    private final SealedOutput output;
    private final LoopResources resources;
    private int shakenBytes;
    private long messages;
    private long openedBytes;
    private boolean filled;
    private boolean ended;

    RecordLayer(SSLEngine engine, SealedInput input, SealedOutput output, LoopResources resources) {
        this.engine = engine;
        this.input = input;
        this.output = output;
        this.resources = resources;
    }

    SSLEngine engine() {
        return engine;
    }

    /**
     * Does all of the handshake that can be done now.
     *
     * @throws SSLException if it fails
     */
    Progress shake() throws IOException {
        ByteBuffer sealed = resources.records().received();
        boolean atEnd = input.fill(sealed) < 0;
        sealed.flip();
        Progress progress = null;
        while (progress == null) {
            progress = switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> Progress.COMPUTES;
                case NEED_WRAP -> {
                    wrap();
                    yield null;
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap(sealed) ? null : atEnd ? Progress.ENDED : Progress.WAITS;
                default -> Progress.DONE;
            };
        }
        input.keep(sealed);
        return progress;
    }

    /** What the engine has got of the client's part of the handshake: it may keep all of that until the end. */
    int shakenBytes() {
        return shakenBytes;
    }

    /** False if that needs more bytes. */
    private boolean unwrap(ByteBuffer sealed) throws SSLException {
        SSLEngineResult result = engine.unwrap(sealed, resources.records().opened());
        shakenBytes += result.bytesConsumed();
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw new SSLException("the client has ended the handshake");
        }
        return result.getStatus() == SSLEngineResult.Status.OK;
    }

    private void wrap() throws IOException {
        ByteBuffer records = resources.records().sealed();
        if (engine.wrap(NOTHING, records).getStatus() == SSLEngineResult.Status.CLOSED && records.position() == 0) {
            throw new SSLException("the handshake has ended");
        }
        output.send(records.flip());
    }

    /**
     * Opens what is here.
     *
     * @param in with room for all that can come at once
     * @return how many bytes; -1 at the end
     * @throws SSLException if it makes no sense
     */
    int open(ByteBuffer in) throws IOException {
        if (ended) {
            return -1;
        }
        ByteBuffer sealed = resources.records().received();
        ended = input.fill(sealed) < 0; // also without a word: requests say themselves where they end
        filled = !sealed.hasRemaining();
        sealed.flip();
        int start = in.position();
        while (sealed.hasRemaining() && openOne(sealed, in)) {
            // the next one
        }
        if (ended) {
            input.close();
        } else {
            input.keep(sealed);
        }
        int count = in.position() - start;
        return count == 0 && ended ? -1 : count;
    }

    /** False if there is no other that is complete. */
    private boolean openOne(ByteBuffer sealed, ByteBuffer in) throws IOException {
        SSLEngineResult result = engine.unwrap(sealed, in);
        switch (result.getStatus()) {
            case OK -> {
                openedBytes += result.bytesProduced();
                if (result.bytesProduced() == 0) {
                    endure(result);
                }
                return true;
            }
            case CLOSED -> {
                ended = true;
                return false;
            }
            case BUFFER_UNDERFLOW -> {
                return false;
            }
            default -> throw new SSLException("a record is too large");
        }
    }

    /** A record of the protocol itself, or an empty one. */
    private void endure(SSLEngineResult result) throws IOException {
        messages += 1 + result.bytesConsumed() / MESSAGE_BYTES;
        if (messages > FREE_MESSAGES + openedBytes / BYTES_FOR_ONE_MORE) {
            throw new SSLException("too much in records without content");
        }
        switch (result.getHandshakeStatus()) {
            // All of a handshake again, for nothing: the way to make a server compute. RFC 5746, RFC 7540 §9.2.1.
            case NEED_TASK -> throw new SSLException("the client wants another handshake");
            case NEED_WRAP -> wrap();
            default -> {}
        }
    }

    /** Whether the last read has filled its buffer. */
    boolean hasFilled() {
        return filled;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Sends what the engine still has to say: why it has failed, or that it ends. */
    void sayLast() throws IOException {
        for (int i = 0; i < MOST_LAST_RECORDS && hasSomethingToSay(); i++) {
            ByteBuffer records = resources.records().sealed();
            SSLEngineResult result = engine.wrap(NOTHING, records);
            output.send(records.flip());
            if (result.bytesProduced() == 0) {
                return;
            }
        }
    }

    private boolean hasSomethingToSay() {
        return engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP && !engine.isOutboundDone();
    }
}
