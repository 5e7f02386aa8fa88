package dev.waitress.worker.process;

import dev.waitress.loop.EventLoop;
import dev.waitress.worker.wire.FrameLink;
import dev.waitress.worker.wire.FrameListener;
import dev.waitress.worker.wire.FrameReader;
import dev.waitress.worker.wire.MarshalWriter;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A real socket of a worker: it is read when the loop finds it ready, and keeps what it cannot send yet. */
final class FrameSocket implements FrameLink {
    private static final Logger LOG = System.getLogger("waitress");

    private final SocketChannel socket;
    private final EventLoop loop;
    private final SelectionKey key;
    private final FrameReader reader;

    private boolean handedOver;
    private boolean readable;
    private final Deque<ByteBuffer> unsent = new ArrayDeque<>();

    FrameSocket(SocketChannel socket, EventLoop loop, FrameListener listener) throws IOException {
        this.socket = socket;
        this.loop = loop;
        this.reader = new FrameReader(listener);
        this.key = loop.register(socket, SelectionKey.OP_READ, this::ready);
    }

    @Override
    public void handOver(FrameListener newListener) {
        reader.handOver(newListener);
        handedOver = true;
    }

    @Override
    public SocketChannel release() {
        handedOver = true;
        key.cancel();
        return socket;
    }

    /** Whether somebody has taken it on. */
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

    @Override
    public void receive() {
        if (!readable) {
            return;
        }
        readable = false;
        try {
            read();
        } catch (Throwable e) { // also for want of memory or stack: it must cost this worker alone
            closed(e);
        }
    }

    @Override
    public void receiveLast() {
        try {
            while (socket.isOpen() && socket.read(reader.space()) > 0) {
                reader.takeIn();
            }
        } catch (Throwable e) { // as in receive()
            LOG.log(Level.DEBUG, "the last words of a worker are broken", e);
        }
    }

    private void read() throws IOException {
        if (socket.read(reader.space()) < 0) {
            closed(null);
        } else {
            reader.takeIn();
        }
    }

    private void closed(@Nullable Throwable failure) {
        reader.listener().closed(failure);
    }

    @Override
    public void send(byte[] bytes, int start, int count) {
        unsent.add(ByteBuffer.wrap(bytes, start, count));
    }

    @Override
    public void sendFrame(MarshalWriter value) {
        ByteBuffer frame = ByteBuffer.allocate(FrameReader.LENGTH_BYTES + value.length());
        MarshalWriter.putInt(frame.array(), 0, value.length());
        System.arraycopy(value.bytes(), 0, frame.array(), FrameReader.LENGTH_BYTES, value.length());
        unsent.add(frame);
        flush();
    }

    @Override
    public int backlog() {
        return unsent.size();
    }

    @Override
    public void flush() {
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
            closed(failure);
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
        reader.close();
        unsent.clear();
    }
}
