package dev.waitress.wsgi;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * A file as the body of a response (PEP 3333, "Optional Platform-Specific File Handling"). Returned by the application
 * as it is, one that has a channel is sent from its current position without passing through the application's thread,
 * with a Content-Length where the application stated none, or one that is too large. Any other is read in blocks. It is
 * closed when it was sent.
 */
public final class FileWrapper implements Iterable<byte[]>, Closeable {
    /** Bytes of a block, unless the application says otherwise. */
    public static final int BLOCK_SIZE = 32_768;

    /** What applications find in the environ as {@code wsgi.file_wrapper}. */
    @FunctionalInterface
    public interface Factory {
        /** A body that is read from a stream; {@code blockSize} is used where it is read in blocks, and at least 1. */
        FileWrapper wrap(InputStream stream, int blockSize);
    }

    private final InputStream stream;
    private final int blockSize;
    private final Optional<FileChannel> channel;

    /**
     * A body that is read from a stream; one of a file keeps its position.
     *
     * @param blockSize most bytes that are read at once, at least 1
     */
    public FileWrapper(InputStream stream, int blockSize) {
        this(
                stream,
                blockSize,
                stream instanceof FileInputStream file ? Optional.of(file.getChannel()) : Optional.empty());
    }

    private FileWrapper(InputStream stream, int blockSize, Optional<FileChannel> channel) {
        if (blockSize < 1) {
            throw new IllegalArgumentException("a block size of " + blockSize + " bytes, must be at least 1");
        }
        this.stream = stream;
        this.blockSize = blockSize;
        this.channel = channel;
    }

    /** An open file from its current position on; closing this closes it. */
    public static FileWrapper of(FileChannel file) {
        return new FileWrapper(Channels.newInputStream(file), BLOCK_SIZE, Optional.of(file));
    }

    /**
     * A whole file.
     *
     * @throws IOException if it cannot be opened
     */
    public static FileWrapper of(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a directory");
        }
        return of(FileChannel.open(file, StandardOpenOption.READ));
    }

    /** The file, where the bytes are those of one. */
    public Optional<FileChannel> channel() {
        return channel;
    }

    @Override
    public Iterator<byte[]> iterator() {
        return new Blocks();
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    private final class Blocks implements Iterator<byte[]> {
        private byte[] next = {};
        private boolean ended;

        @Override
        public boolean hasNext() {
            if (next.length == 0 && !ended) {
                try {
                    next = stream.readNBytes(blockSize);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                ended = next.length == 0;
            }
            return !ended;
        }

        @Override
        public byte[] next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            byte[] block = next;
            next = new byte[0];
            return block;
        }
    }
}
