package dev.waitress.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes in a private temporary file, deleted at {@link #close}. One thread at a time. */
final class FileBuffer implements Closeable {
    private final Path path;
    private final FileChannel file;
    private long size;

    FileBuffer(PrivateDirectory directory) throws IOException {
        path = directory.newName();
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    void append(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
        while (rest.hasRemaining()) {
            size += file.write(rest, size);
        }
    }

    /** Sends bytes from a position on; returns how many the target took. */
    long transferTo(long position, WritableByteChannel target) throws IOException {
        return file.transferTo(position, size - position, target);
    }

    InputStream open() throws IOException {
        return Files.newInputStream(path);
    }

    @Override
    public void close() throws IOException {
        file.close();
        Files.deleteIfExists(path);
    }
}
