package dev.waitress.buffer;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** Bytes in a row in a spool file. Event loop only. */
final class SpooledRun extends Segment {
    private final SpoolFile file;
    private long position;
    private long end;

    /** An empty run at the end of the file. */
    SpooledRun(SpoolFile file) {
        this.file = file;
        this.position = file.begin();
        this.end = position;
    }

    boolean isIn(SpoolFile other) {
        return file == other;
    }

    /** Adds bytes at the end; this must be the last run of the file. */
    void append(byte[] bytes, int offset, int length) throws IOException {
        file.append(bytes, offset, length);
        end += length;
    }

    @Override
    public long remaining() {
        return end - position;
    }

    @Override
    public void truncate(long bytes) {
        end = Math.min(end, position + bytes);
    }

    @Override
    public long writeTo(WritableByteChannel target) throws IOException {
        long taken = file.send(position, end - position, target);
        position += taken;
        return taken;
    }

    @Override
    public void close() throws IOException {
        file.end();
    }
}
