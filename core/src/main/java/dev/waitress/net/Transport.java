package dev.waitress.net;

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

    /**
     * Reads what is here.
     *
     * @return how many bytes; -1 at the end of what the client sends
     */
    int read(ByteBuffer in) throws IOException;

    /** Where output goes; it takes none while the client's side is full. */
    GatheringByteChannel output();

    void watchInput(boolean wanted);

    boolean isInputWatched();

    void watchOutput(boolean wanted);

    /** Whether it has refused bytes, and has not become ready for more. */
    boolean isFull();

    /** Whether the client is on this machine, behind a Unix socket or TCP. */
    boolean isLocal();

    /** Large blocks are about to be sent, where so far there may have been small ones only. */
    void expectLargeBlocks();

    /** Tells the client that no more will come; false if it is gone. */
    boolean shutDownOutput();

    /** Closing will tell the client that it has not got all; where the system has no such thing, it is a plain end. */
    void resetOnClose();

    void close() throws IOException;
}
