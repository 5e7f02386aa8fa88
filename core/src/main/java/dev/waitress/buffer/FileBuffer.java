package dev.waitress.buffer;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Bytes in a private temporary file, deleted at {@link #close}. One thread at a time. */
final class FileBuffer implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    private final PrivateDirectory directory;
    private PrivateFile file;
    private long size;

    FileBuffer(PrivateDirectory directory) throws IOException {
        this.directory = directory;
        file = PrivateFile.in(directory);
    }

    long size() {
        return size;
    }

    void append(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
        while (rest.hasRemaining()) {
            size += file.channel().write(rest, size);
        }
    }

    /**
     * Where others find the file. One that somebody has removed, a cleaner of old files perhaps, is still open here: it
     * is written once more.
     */
    Path path() {
        if (!Files.exists(file.path(), LinkOption.NOFOLLOW_LINKS)) {
            try {
                restore();
            } catch (IOException e) {
                LOG.log(Level.ERROR, "somebody has removed " + file.path() + ", which cannot be made again", e);
            }
        }
        return file.path();
    }

    private void restore() throws IOException {
        PrivateFile copy = PrivateFile.in(directory);
        try (PrivateFile removed = file) {
            file = copy;
            long done = 0;
            while (done < size) {
                long moved = removed.channel().transferTo(done, size - done, copy.channel());
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
    }
}
