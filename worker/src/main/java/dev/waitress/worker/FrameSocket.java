package dev.waitress.worker;

import dev.waitress.loop.EventLoop;
import dev.waitress.worker.wire.MarshalReader;
import dev.waitress.worker.wire.MarshalWriter;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One of a worker's sockets: frames in, bytes out. A frame is a little-endian length and one marshal value; raw bytes
 * may follow it. Event loop only.
 */
final class FrameSocket implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    /** What arrives on the socket. */
    interface Listener {
        /**
         * A whole frame.
         *
         * @return bytes that follow the frame outside of it, and are handed to {@link #raw}
         */
        int frame(byte[] bytes, int start, int end);

        /** Some of the bytes that follow the last frame. */
        void raw(byte[] bytes, int start, int count);

        /** The other side closed the socket, or broke the protocol. */
        void closed(@Nullable Throwable failure);
    }

    private static final int USUAL_BYTES = 256 * 1024;
    private static final int LENGTH_BYTES = 4;

    /** The largest message is the head of one response, whose limit {@code ResponseHead} knows, in marshal's form. */
    private static final int MAX_FRAME_BYTES = 8 * 1024 * 1024;

    /** The first frame of somebody who has not proved yet to be a worker. */
    private static final int MAX_GREETING_BYTES = 4 * 1024;

    private final SocketChannel socket;
    private final EventLoop loop;
    private final SelectionKey key;
    private Listener listener;

    private ByteBuffer in = ByteBuffer.allocate(LENGTH_BYTES + MAX_GREETING_BYTES);
    private int rawLeft;
    private boolean handedOver;
    private boolean readable;
    private final Deque<ByteBuffer> unsent = new ArrayDeque<>();

    FrameSocket(SocketChannel socket, EventLoop loop, Listener listener) throws IOException {
        this.socket = socket;
        this.loop = loop;
        this.listener = listener;
        this.key = loop.register(socket, SelectionKey.OP_READ, this::ready);
    }

    /**
     * Hands what arrives from now on to somebody else, who asks for it with {@link #receive}. Called by the listener,
     * as it takes in a frame.
     */
    void handOver(Listener newListener) {
        listener = newListener;
        handedOver = true;
    }

    /** Lets go of the socket, which stays open; nothing is read from it any more. */
    SocketChannel release() {
        handedOver = true;
        key.cancel();
        return socket;
    }

    boolean isHandedOver() {
        return handedOver;
    }

    private void ready(SelectionKey selected) {
        readable |= selected.isReadable();
        if (selected.isWritable()) {
            flush();
        }
        if (!handedOver) {
            receive();
        }
    }

    /** Takes in what has arrived since the last call. */
    void receive() {
        if (!readable) {
            return;
        }
        readable = false;
        try {
            read();
        } catch (Throwable e) { // also for want of memory or stack: it must cost this worker alone
            listener.closed(e);
        }
    }

    /** Takes in all that the other side sent before it went away; what broke is of no interest any more. */
    void receiveLast() {
        try {
            while (socket.isOpen() && socket.read(in) > 0) {
                takeIn();
            }
        } catch (Throwable e) { // as in receive()
            LOG.log(Level.DEBUG, "the last words of a worker are broken", e);
        }
    }

    private void read() throws IOException {
        if (socket.read(in) < 0) {
            listener.closed(null);
        } else {
            takeIn();
        }
    }

    private void takeIn() {
        in.flip();
        while (socket.isOpen() && (rawLeft > 0 ? takeRaw() : takeFrame())) {
            // until what is there is used up
        }
        in.compact();
        adjustBuffer();
    }

    /** Gives back what one large frame has needed; gets more once the other side is known. */
    private void adjustBuffer() {
        boolean tooLarge = in.capacity() > USUAL_BYTES && in.position() == 0;
        if (handedOver && in.capacity() < USUAL_BYTES || tooLarge) {
            in = ByteBuffer.allocate(USUAL_BYTES).put(in.flip());
        }
    }

    private boolean takeRaw() {
        int count = Math.min(rawLeft, in.remaining());
        rawLeft -= count;
        int start = in.position();
        in.position(start + count);
        listener.raw(in.array(), start, count);
        return in.hasRemaining();
    }

    private boolean takeFrame() {
        if (in.remaining() < LENGTH_BYTES) {
            return false;
        }
        int start = in.position() + LENGTH_BYTES;
        int length = MarshalReader.getInt(in.array(), in.position());
        int most = handedOver ? MAX_FRAME_BYTES : MAX_GREETING_BYTES;
        if (length < 0 || length > most) {
            throw new IllegalArgumentException("a frame of " + length + " bytes, limit " + most);
        }
        if (in.limit() - start < length) {
            grow(LENGTH_BYTES + length);
            return false;
        }
        in.position(start + length);
        rawLeft = listener.frame(in.array(), start, start + length);
        return true;
    }

    private void grow(int needed) {
        if (needed > in.capacity()) {
            ByteBuffer larger = ByteBuffer.wrap(Arrays.copyOfRange(in.array(), in.position(), in.position() + needed));
            larger.limit(in.remaining());
            in = larger;
        }
    }

    /** Sends bytes, which must not change until they are on their way. */
    void send(byte[] bytes, int start, int count) {
        unsent.add(ByteBuffer.wrap(bytes, start, count));
    }

    /** Sends a whole frame that holds one value. */
    void sendFrame(MarshalWriter value) {
        ByteBuffer frame = ByteBuffer.allocate(LENGTH_BYTES + value.length());
        MarshalWriter.putInt(frame.array(), 0, value.length());
        System.arraycopy(value.bytes(), 0, frame.array(), LENGTH_BYTES, value.length());
        unsent.add(frame);
        flush();
    }

    /** Messages that the other side has not taken yet. */
    int backlog() {
        return unsent.size();
    }

    void flush() {
        if (unsent.isEmpty() || !socket.isOpen()) {
            return;
        }
        try {
            write();
        } catch (Throwable e) { // as in receive()
            // Later: this may be in the midst of what the other side said before it went away.
            unsent.clear();
            loop.execute(() -> failed(e));
        }
    }

    private void failed(Throwable failure) {
        if (socket.isOpen()) {
            listener.closed(failure);
        }
    }

    private void write() throws IOException {
        if (unsent.size() == 1) {
            socket.write(unsent.getFirst());
        } else {
            socket.write(unsent.toArray(new ByteBuffer[0]));
        }
        while (!unsent.isEmpty() && !unsent.getFirst().hasRemaining()) {
            unsent.removeFirst();
        }
        int interest = unsent.isEmpty() ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
    }

    @Override
    public void close() {
        key.cancel();
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no further use either way
        }
        in = ByteBuffer.allocate(0);
        unsent.clear();
    }
}
