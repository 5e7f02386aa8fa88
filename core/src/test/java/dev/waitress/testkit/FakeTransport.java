package dev.waitress.testkit;

import dev.waitress.net.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A client's side without a socket: what it sends lies here until it is read, and it takes as much as the test says.
 */
public final class FakeTransport implements Transport {
    private final Deque<ByteBuffer> input = new ArrayDeque<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private @Nullable Watcher watcher;
    private boolean inputEnded;
    private boolean inputWatched;
    private boolean outputWatched;
    private boolean broken;
    private boolean failsToClose;
    private long room = Long.MAX_VALUE;
    private String end = "open";

    private final GatheringByteChannel channel = new GatheringByteChannel() {
        @Override
        public int write(ByteBuffer source) throws IOException {
            if (broken) {
                throw new IOException("Broken pipe");
            }
            int count = (int) Math.min(room, source.remaining());
            for (int i = 0; i < count; i++) {
                output.write(source.get());
            }
            room -= room == Long.MAX_VALUE ? 0 : count;
            return count;
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
            long count = 0;
            for (int i = offset; i < offset + length; i++) {
                count += write(sources[i]);
            }
            return count;
        }

        @Override
        public long write(ByteBuffer[] sources) throws IOException {
            return write(sources, 0, sources.length);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    };

    // ---- The client ------------------------------------------------------------------------------------------------

    /** Sends, but nobody is told: it lies in the kernel. */
    public void sendQuietly(String text) {
        input.add(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Sends, and the loop reads if it watches. */
    public void send(String text) {
        sendQuietly(text);
        becomeReadable();
    }

    /** Closes its side. */
    public void endInput() {
        inputEnded = true;
        becomeReadable();
    }

    /** Goes away without a word: the next read and the next write fail. */
    public void breakOff() {
        broken = true;
        becomeReadable();
    }

    /** The system will say that closing its connection failed. */
    public void failToClose() {
        failsToClose = true;
    }

    /** Has room for so many bytes from now on, but nobody is told. */
    public void roomFor(long bytes) {
        room = bytes;
    }

    /** Has room for so many bytes from now on. */
    public void makeRoom(long bytes) {
        roomFor(bytes);
        if (outputWatched && watcher != null && end.equals("open")) {
            watcher.ready(false, true);
        }
    }

    /** Has the loop read what it watches for, as a selector would. */
    public void becomeReadable() {
        while (inputWatched && watcher != null && isOpen() && (!input.isEmpty() || inputEnded || broken)) {
            watcher.ready(true, false);
        }
    }

    /** What it has got. */
    public String received() {
        return output.toString(StandardCharsets.ISO_8859_1);
    }

    /** The same, and from now on only what comes later. */
    public String take() {
        String taken = received();
        output.reset();
        return taken;
    }

    /** How its connection is: open, shut (no more output comes), closed or reset. */
    public String end() {
        return end;
    }

    /** What is watched: {@code r}, {@code w}, both or neither. */
    public String watched() {
        return (inputWatched ? "r" : "") + (outputWatched ? "w" : "");
    }

    /** Whether something that it has sent lies unread. */
    public boolean hasUnread() {
        return !input.isEmpty();
    }

    private boolean isOpen() {
        return end.equals("open") || end.equals("shut");
    }

    // ---- The server ------------------------------------------------------------------------------------------------

    @Override
    public void open(Watcher newWatcher) {
        watcher = newWatcher;
        inputWatched = true;
    }

    @Override
    public boolean readsAnywhere() {
        return true;
    }

    @Override
    public int read(ByteBuffer in) throws IOException {
        if (broken) {
            throw new IOException("Connection reset by peer");
        }
        ByteBuffer next = input.peek();
        if (next == null) {
            return inputEnded ? -1 : 0;
        }
        int count = Math.min(in.remaining(), next.remaining());
        in.put(next.slice(next.position(), count));
        next.position(next.position() + count);
        if (!next.hasRemaining()) {
            input.remove();
        }
        return count;
    }

    @Override
    public GatheringByteChannel output() {
        return channel;
    }

    @Override
    public void watchInput(boolean wanted) {
        inputWatched = wanted;
    }

    @Override
    public boolean isInputWatched() {
        return inputWatched;
    }

    @Override
    public void watchOutput(boolean wanted) {
        outputWatched = wanted;
    }

    @Override
    public boolean isFull() {
        return outputWatched;
    }

    @Override
    public boolean sendsFiles() {
        return true;
    }

    @Override
    public void expectLargeBlocks() {}

    @Override
    public boolean shutDownOutput() {
        end = broken ? end : "shut";
        return !broken;
    }

    @Override
    public void resetOnClose() {
        end = "resetting";
    }

    @Override
    public void close() throws IOException {
        end = end.equals("resetting") ? "reset" : "closed";
        inputWatched = false;
        outputWatched = false;
        if (failsToClose) {
            throw new IOException("Input/output error");
        }
    }
}
