package dev.waitress.task;

import dev.waitress.buffer.FileRegion;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.http.Ascii;
import dev.waitress.http.Printable;
import dev.waitress.http.ResponseHead;
import dev.waitress.wsgi.FileWrapper;
import dev.waitress.wsgi.Header;
import dev.waitress.wsgi.StartResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a Java application says in answer to a request, in the order that PEP 3333 has: it states a head, which is sent
 * with the first block of the body; then come the blocks, and the end. Task threads.
 */
final class AppResponse implements StartResponse {
    /** Bytes; a copy costs next to nothing up to here. */
    private static final int LARGEST_COPY = 64 * 1024;

    private final ResponseStream stream;
    private final boolean headRequest;
    private final UnknownStatuses unknownStatuses;

    /** What start_response was given; null until it is called. */
    private @Nullable ResponseHead head;

    private boolean headSent;

    /** Interim responses; about, if threads of the application send them too: the loop has the last word. */
    private int hinted;

    /** Bytes of the body so far. */
    private long written;

    /** Whether the stream knows how the response ends. */
    private boolean ended;

    /** Whether nothing can be added to the response; an application may ask for that on any thread. */
    private volatile boolean closed;

    /** One of which nothing was said yet. */
    AppResponse(ResponseStream stream, boolean headRequest, UnknownStatuses unknownStatuses) {
        this.stream = stream;
        this.headRequest = headRequest;
        this.unknownStatuses = unknownStatuses;
    }

    @Override
    public Write start(String status, List<Header> headers) {
        if (head != null) {
            throw new IllegalStateException("start_response called a second time without providing exc_info.");
        }
        head = compose(status, headers);
        return this::write;
    }

    @Override
    public Write restart(String status, List<Header> headers, Exception failure) throws Exception {
        if (headSent) {
            throw failure;
        }
        head = compose(status, headers);
        return this::write;
    }

    /** {@code wsgi.early_hints}. Any thread. */
    void hint(List<Header> headers) {
        ResponseHead composed = new ResponseHead();
        composed.startHints();
        addFields(headers, composed);
        composed.requireHints();
        if (!headers.isEmpty() && !closed && hinted < Response.MOST_HINTS) {
            hinted++;
            stream.hint(composed);
        }
    }

    private ResponseHead compose(String status, List<Header> headers) {
        ResponseHead composed = new ResponseHead();
        byte[] text = latin1(status);
        composed.start(text, 0, text.length);
        addFields(headers, composed);
        unknownStatuses.note(composed);
        return composed;
    }

    private static void addFields(List<Header> headers, ResponseHead head) {
        for (Header header : headers) {
            byte[] name = latin1(header.name());
            byte[] value = latin1(header.value());
            head.field(name, 0, name.length, value, 0, value.length);
        }
    }

    private static byte[] latin1(String text) {
        if (text.length() > ResponseHead.MOST_FIELD_BYTES) {
            throw new IllegalArgumentException(
                    "text of " + text.length() + " characters in a head, limit " + ResponseHead.MOST_FIELD_BYTES);
        }
        if (!StandardCharsets.ISO_8859_1.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("\"" + Printable.of(text) + "\" has a character beyond U+00FF");
        }
        return Ascii.bytes(text);
    }

    private void write(byte[] block) throws IOException {
        if (closed) {
            throw new IllegalStateException("write was called after the end of the response");
        }
        sendHead();
        written += block.length;
        try {
            stream.body(block.clone());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server stops");
        }
    }

    /** Sends a file from its position on; true if it is to stay open until the loop has sent it. */
    boolean sendFile(FileWrapper wrapper, FileChannel file) throws IOException {
        ResponseHead stated = requireHead();
        long position = file.position();
        long size = Math.max(0, file.size() - position);
        if (!headSent && (stated.contentLength() == ResponseHead.NO_LENGTH || stated.contentLength() > size)) {
            stated.setContentLength(size);
        }
        long count = stated.contentLength() == ResponseHead.NO_LENGTH
                ? size
                : Math.min(size, stated.contentLength() - written);
        sendHead();
        if (count > 0) {
            stream.end(new FileRegion(file, position, count, wrapper));
            ended = true;
        }
        return count > 0;
    }

    /** Sends the blocks of a body: a single one with all else, others as they come. */
    void send(Iterable<byte[]> body) throws ClientDisconnectedException, InterruptedException {
        if (!headSent && body instanceof List<byte[]> blocks && blocks.size() <= 1) {
            byte[] only = blocks.isEmpty() ? new byte[0] : copyOfSmall(blocks.get(0));
            stream.send(requireHead(), only);
            headSent = true;
            ended = true;
            return;
        }
        if (headRequest && head != null) {
            return; // all that the client gets is known, and there may be no end of the blocks
        }
        for (byte[] block : body) {
            boolean surplus = isFull();
            if (block.length > 0) {
                sendHead();
                written += block.length;
                stream.body(block.clone());
            } else if (stream.isClientGone()) {
                throw new ClientDisconnectedException();
            }
            if (block.length > 0 && surplus || isBodiless()) {
                return; // the client gets no more; the loop warns of a block that does not belong there
            }
        }
    }

    /** An application may use its arrays again; large ones of a list it leaves to the server, as it is told. */
    private static byte[] copyOfSmall(byte[] block) {
        return block.length <= LARGEST_COPY ? block.clone() : block;
    }

    private boolean isFull() {
        return headSent
                && head != null
                && head.contentLength() != ResponseHead.NO_LENGTH
                && written >= head.contentLength();
    }

    private boolean isBodiless() {
        return head != null && (headRequest || headSent && head.isBodiless());
    }

    /** After the body is closed: a failure of that must not follow an answer that says it is complete. */
    void end() {
        if (!ended) {
            sendHead();
            stream.end();
        }
    }

    private ResponseHead requireHead() {
        if (head == null) {
            throw new IllegalStateException("start_response was not called before body written");
        }
        return head;
    }

    private void sendHead() {
        if (!headSent) {
            stream.start(requireHead(), ResponseHead.NO_LENGTH);
            headSent = true;
        }
    }

    /** Nothing can be added any more. */
    void close() {
        closed = true;
    }
}
