package dev.waitress.buffer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes in a private temporary file, deleted at {@link #close}. One thread at a time. */
final class FileBuffer extends Segment {
    private final Path path;
    private final FileChannel file;
    private long size;
    private long consumed;

    FileBuffer(PrivateDirectory directory) throws IOException {
        path = directory.newName();
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    Path path() {
        return path;
    }

    /** Bytes in the file, those that were consumed included. */
    long size() {
        return size;
    }

    void append(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
        while (rest.hasRemaining()) {
            size += file.write(rest, size);
        }
    }

    /** Another reader of the file, from its start. */
    InputStream open() throws IOException {
        return Files.newInputStream(path);
    }

    @Override
    public long remaining() {
        return size - consumed;
    }

    @Override
    public void truncate(long bytes) {
        size = Math.min(size, consumed + bytes);
    }

    @Override
    public long writeTo(WritableByteChannel target) throws IOException {
        long sent = file.transferTo(consumed, size - consumed, target);
        consumed += sent;
        return sent;
    }

    @Override
    public void close() throws IOException {
        file.close();
        Files.deleteIfExists(path);
    }
}
