package dev.waitress.connection;

import dev.waitress.buffer.Segment;
import dev.waitress.http2.Allowance;
import dev.waitress.http2.FrameWriter;
import dev.waitress.http2.Window;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What one client is sent by HTTP/2. Streams with something to send have their turns, a frame each; no more of them is
 * ahead of the socket than a little, so that nothing urgent lies behind a large answer. Event loop only.
 */
final class Http2Output {
    private static final Logger LOG = System.getLogger("waitress");

    /** Bytes that may wait for the socket beside what waits in the streams. */
    private static final int MOST_AHEAD = 64 * 1024;

    /** Bytes sent in a row, so that other connections have their turn. */
    private static final int MOST_AT_ONCE = 512 * 1024;

    /** Bytes of answers to pings and the like that a client may leave unread. */
    private static final int MOST_UNREAD = 64 * 1024;

    /** Bytes that give one frame back which asks for nothing. */
    private static final int BYTES_OF_USE = 512;

    /** A block that leaves as the application gave it makes up for the windows that the client opens for it. */
    private static final int WHOLE_BLOCK = 3;

    /** Who is told of streams. */
    interface Owner {
        /** All of an answer is on its way. */
        void sent(Http2Stream stream);

        /** What waits of an answer cannot be sent. */
        void failed(Http2Stream stream);
    }

    private final Connection connection;
    private final FrameBatch batch;
    private final Allowance allowance;
    private final Owner owner;

    /** What the client takes of all streams together. */
    private final Window window = new Window(Window.INITIAL);

    /** Those that wait for their turn. */
    private final Deque<Http2Stream> queue = new ArrayDeque<>();

    private final List<Http2Stream> touched = new ArrayList<>();
    private long controlBytes;

    Http2Output(Connection connection, FrameBatch batch, Allowance allowance, Owner owner) {
        this.connection = connection;
        this.batch = batch;
        this.allowance = allowance;
        this.owner = owner;
    }

    /** That of the connection. */
    Window window() {
        return window;
    }

    /** Sends a frame before all data that waits in streams. */
    void frame(byte[] frame) {
        connection.outbox().write(frame);
    }

    /** The same for an answer that a client can have without end; false if it reads none of them. */
    boolean answer(byte[] frame) {
        controlBytes = connection.outbox().isEmpty() ? 0 : controlBytes;
        controlBytes += frame.length;
        frame(frame);
        return controlBytes <= MOST_UNREAD;
    }

    // ---- Data ------------------------------------------------------------------------------------------------------

    /** Sends bytes of an answer, as many as can leave; the rest waits. */
    void data(Http2Stream stream, byte[] bytes, int offset, int count, boolean isLast) {
        touch(stream);
        int sent = stream.waiting.isEmpty() ? sendNow(stream, bytes, offset, count, isLast) : 0;
        if (sent == count) {
            allowance.giveBack(WHOLE_BLOCK);
            return;
        }
        try {
            stream.waiting.append(bytes, offset + sent, count - sent);
        } catch (IOException e) {
            cannotStore(stream, e);
            return;
        }
        wait(stream, isLast);
    }

    /** The same for bytes that lie elsewhere. */
    void data(Http2Stream stream, Segment segment, boolean isLast) {
        touch(stream);
        stream.waiting.append(segment);
        wait(stream, isLast);
        fill();
    }

    private void wait(Http2Stream stream, boolean isLast) {
        if (isLast) {
            stream.ending = Http2Stream.Ending.COMPLETE;
        }
        stream.movedNanos = connection.loop().nowNanos();
        enqueue(stream);
    }

    private int sendNow(Http2Stream stream, byte[] bytes, int offset, int count, boolean isLast) {
        int sent = 0;
        while (sent < count && hasRoom()) {
            int part = payloadFor(stream, count - sent);
            if (part <= 0) {
                break;
            }
            batch.begin(part);
            batch.write(bytes, offset + sent, part);
            sent += part;
            endFrame(stream, isLast && sent == count);
        }
        flush();
        return sent;
    }

    private boolean hasRoom() {
        return connection.outbox().size() + batch.length() < MOST_AHEAD;
    }

    private int payloadFor(Http2Stream stream, long available) {
        long allowed = Math.min(window.left(), stream.sending.left());
        return (int) Math.min(Math.min(available, allowed), FrameWriter.MOST_PAYLOAD);
    }

    private void endFrame(Http2Stream stream, boolean isLast) {
        int count = batch.payload();
        batch.end(stream.id, isLast);
        window.take(count);
        stream.sending.take(count);
        stream.movedNanos = connection.loop().nowNanos();
        allowance.giveBack(count / BYTES_OF_USE);
        if (batch.isFull()) {
            flush();
        }
    }

    private void flush() {
        if (batch.length() > 0) {
            connection.outbox().write(batch.bytes(), 0, batch.length());
            batch.clear();
        }
    }

    /** All of an answer is on its way, and the client knows that it is all. */
    void ended(Http2Stream stream) {
        if (stream.isOpen) {
            owner.sent(stream);
        }
    }

    /** All of an answer has been given; what waits of it is sent yet. */
    void end(Http2Stream stream, boolean isComplete) {
        if (!stream.waiting.isEmpty()) {
            stream.ending = isComplete ? Http2Stream.Ending.COMPLETE : Http2Stream.Ending.BROKEN;
        } else if (isComplete) {
            frame(FrameWriter.end(stream.id));
            owner.sent(stream);
        } else {
            owner.failed(stream);
        }
    }

    // ---- Turns -----------------------------------------------------------------------------------------------------

    /** The stream may have something to send, and a window for it. */
    void enqueue(Http2Stream stream) {
        if (stream.isOpen && !stream.isQueued && !stream.waiting.isEmpty() && stream.sending.left() > 0) {
            stream.isQueued = true;
            queue.add(stream);
        }
    }

    /** Whether more could leave at once. */
    boolean hasMore() {
        return !queue.isEmpty() && window.left() > 0;
    }

    /** Gives streams their turns, as long as there is a window and room before the socket. */
    void fill() {
        int sent = 0;
        while (!queue.isEmpty() && window.left() > 0 && hasRoom() && sent < MOST_AT_ONCE) {
            Http2Stream stream = queue.remove();
            stream.isQueued = false;
            sent += stream.isOpen ? turn(stream) : 0;
        }
        flush();
    }

    private int turn(Http2Stream stream) {
        int most = payloadFor(stream, stream.waiting.size());
        if (most <= 0) {
            return 0;
        }
        batch.begin(most);
        try {
            move(stream);
        } catch (EOFException e) { // a file has lost bytes that were promised
            LOG.log(Level.ERROR, "stream reset: " + e.getMessage());
            batch.drop();
            owner.failed(stream);
            return 0;
        } catch (IOException e) {
            batch.drop();
            cannotStore(stream, e);
            return 0;
        }
        int count = batch.payload();
        boolean isOver = stream.waiting.isEmpty();
        endFrame(stream, isOver && stream.ending == Http2Stream.Ending.COMPLETE);
        touch(stream);
        if (isOver) {
            end(stream);
        } else {
            enqueue(stream);
        }
        return count;
    }

    private void move(Http2Stream stream) throws IOException {
        long moved;
        do {
            moved = stream.waiting.writeTo(batch);
        } while (moved > 0 && batch.hasRoomInFrame());
    }

    private void end(Http2Stream stream) {
        allowance.giveBack(WHOLE_BLOCK);
        if (stream.ending == Http2Stream.Ending.COMPLETE) {
            flush();
            ended(stream);
        } else if (stream.ending == Http2Stream.Ending.BROKEN) {
            flush();
            owner.failed(stream);
        }
    }

    private void cannotStore(Http2Stream stream, IOException failure) {
        stream.waiting.report("cannot store output for a slow client, stream reset", failure);
        owner.failed(stream);
    }

    // ---- Credit ----------------------------------------------------------------------------------------------------

    /** Has it settled at the end of this turn, also if nothing of it can leave. */
    private void touch(Http2Stream stream) {
        connection.outbox().markDirty();
        if (!stream.isTouched) {
            stream.isTouched = true;
            touched.add(stream);
        }
    }

    /** At the end of a turn: what was lent is copied where it could not leave, and producers learn what has left. */
    void settle() {
        List<Http2Stream> now = List.copyOf(touched);
        touched.clear();
        for (Http2Stream stream : now) {
            stream.isTouched = false;
            if (stream.isOpen) {
                settle(stream);
            }
        }
    }

    private void settle(Http2Stream stream) {
        try {
            stream.waiting.settle();
        } catch (IOException e) {
            cannotStore(stream, e);
            return;
        }
        if (stream.response != null) {
            stream.response.flushed(stream.waiting.size());
        }
    }
}
