package dev.waitress.net;

import dev.waitress.loop.LoopResources;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;

/** The bytes of one client's connection, both ways, and what it is watched for. Event loop only. */
public interface Transport {
    /** Is told when there is something to do. */
    @FunctionalInterface
    interface Watcher {
        /** Bytes can be read, or written, or both. */
        void ready(boolean readable, boolean writable);
    }

    /** Begins to watch for input. */
    void open(Watcher watcher) throws IOException;

    /** The buffer of the loop, empty, for one {@link #read}. */
    default ByteBuffer bufferOf(LoopResources resources) {
        return resources.readBuffer();
    }

    /** Whether {@link #read} takes any buffer, a direct one with profit: bytes then lie at once where they belong. */
    default boolean readsAnywhere() {
        return false;
    }

    /** Whether the last read, which has filled this buffer so far, may have left something. */
    default boolean mayHaveMore(ByteBuffer in) {
        return !in.hasRemaining();
    }

    /**
     * Reads what is here.
     *
     * @return how many bytes; -1 at the end of what the client sends
     */
    int read(ByteBuffer in) throws IOException;

    /** Where output goes; it takes none while the client's side is full. */
    GatheringByteChannel output();

    /**
     * Sends what the output has taken, and the system has not.
     *
     * @return how many bytes the system takes now
     */
    default long flush() throws IOException {
        return 0;
    }

    /** Whether the output has taken bytes that the system has not. */
    default boolean holdsOutput() {
        return false;
    }

    void watchInput(boolean wanted);

    boolean isInputWatched();

    void watchOutput(boolean wanted);

    /** Whether it has refused bytes, and has not become ready for more. */
    boolean isFull();

    /** Whether the system may send a file by itself, and does so best: not to a client on this machine. */
    boolean sendsFiles();

    /** Large blocks are about to be sent, where so far there may have been small ones only. */
    void expectLargeBlocks();

    /** Tells the client that no more will come; false if it is gone. */
    boolean shutDownOutput();

    /** Closing will tell the client that it has not got all; where the system has no such thing, it is a plain end. */
    void resetOnClose();

    void close() throws IOException;
}
