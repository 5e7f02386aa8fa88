package dev.waitress.buffer;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes in a private temporary file, deleted at {@link #close}. One thread at a time. */
final class FileBuffer implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    private final PrivateDirectory directory;
    private Path path;
    private FileChannel file;
    private long size;

    FileBuffer(PrivateDirectory directory) throws IOException {
        this.directory = directory;
        path = directory.newName();
        file = open(path);
    }

    private static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
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

    /**
     * Where others find the file. One that somebody has removed, a cleaner of old files perhaps, is still open here: it
     * is written once more.
     */
    Path path() {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            try {
                restore();
            } catch (IOException e) {
                LOG.log(Level.ERROR, "somebody has removed " + path + ", which cannot be made again", e);
            }
        }
        return path;
    }

    private void restore() throws IOException {
        Path again = directory.newName();
        FileChannel copy = open(again);
        try (FileChannel removed = file) {
            path = again;
            file = copy;
            long done = 0;
            while (done < size) {
                long moved = removed.transferTo(done, size - done, copy);
                if (moved <= 0) {
                    throw new EOFException("its bytes are gone too");
                }
                done += moved;
            }
        }
    }

    /** Another reader of the file, from its start. */
    InputStream open() throws IOException {
        return Files.newInputStream(path());
    }

    @Override
    public void close() throws IOException {
        file.close();
        Files.deleteIfExists(path);
    }
}
