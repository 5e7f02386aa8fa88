package dev.waitress.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A private temporary file that holds output of one connection, in runs; deleted when the last of them is closed. Event
 * loop only.
 */
final class SpoolFile implements Closeable {
    private final PrivateFile file;
    private long size;
    private long sent;
    private int runs;

    SpoolFile(PrivateDirectory directory) throws IOException {
        file = PrivateFile.in(directory);
    }

    /** Where a new run begins. */
    long begin() {
        runs++;
        return size;
    }

    /** Adds bytes at the end, or a part of them if it fails. */
    void append(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
        while (rest.hasRemaining()) {
            size += file.channel().write(rest, size);
        }
    }

    long send(long position, long count, WritableByteChannel target) throws IOException {
        long taken = file.channel().transferTo(position, count, target);
        sent += taken;
        return taken;
    }

    /**
     * Whether so much of it was sent, and more than is left, that what follows belongs in another one: an endless
     * stream must not fill the disk with what was sent long ago.
     */
    boolean isWorn(long bytes) {
        return sent > Math.max(bytes, size - sent);
    }

    boolean isClosed() {
        return !file.channel().isOpen();
    }

    /** A run is used up, or dropped. */
    void end() throws IOException {
        runs--;
        if (runs == 0) {
            close();
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
