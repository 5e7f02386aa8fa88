package dev.waitress.worker.memory;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.buffer.SharedMemory;
import dev.waitress.platform.Platform;
import dev.waitress.platform.Shortcuts;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file in memory that holds request bodies in slots of one size; every worker can map it. It takes up what was used
 * of it at the same time, at most. Event loop only, but {@link #close}.
 */
public final class BodySlots implements SharedMemory, Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    /** Smaller bodies go through the socket as fast. */
    public static final int SMALLEST_BODY = 16 * 1024;

    public static final int SLOT_BYTES = 512 * 1024;
    public static final int SLOTS = 128;

    /** Others need such memory too: in all default containers there are 64 MiB of it. */
    private static final int LARGEST_SHARE = 2;

    /** Memory of a slot is taken up in steps of so many bytes. */
    private static final int STEP = 64 * 1024;

    private final PrivateDirectory directory;
    private final Path path;
    private final FileChannel file;
    private final MappedByteBuffer memory;
    private final BodySlot[] free;
    private int freeCount;
    private boolean isLost;

    private BodySlots(PrivateDirectory directory) throws IOException {
        this.directory = directory;
        path = directory.path().resolve("bodies");
        int slots = (int) Math.min(
                SLOTS, Files.getFileStore(path.resolveSibling("")).getTotalSpace() / LARGEST_SHARE / SLOT_BYTES);
        if (slots == 0) {
            throw new IOException("there is no room for a body in " + path.getParent());
        }
        file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        memory = file.map(FileChannel.MapMode.READ_WRITE, 0, (long) slots * SLOT_BYTES);
        free = new BodySlot[slots];
        freeCount = slots;
        for (int i = 0; i < slots; i++) {
            // Number 0 is on top: what was used last is the likeliest to be in a cache.
            int number = slots - 1 - i;
            free[i] = new BodySlot(number, memory.slice(number * SLOT_BYTES, SLOT_BYTES));
        }
    }

    /** Makes the file, if the system has such files; it is removed at {@link #close}. */
    public static @Nullable BodySlots create() {
        Path place = Shortcuts.current().shareMemory() ? Platform.current().memoryFiles() : null;
        if (place == null || !Files.isWritable(place)) {
            return null;
        }
        PrivateDirectory directory = new PrivateDirectory(place);
        try {
            return new BodySlots(directory);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "no shared memory for request bodies", e);
            directory.close();
            return null;
        }
    }

    public Path path() {
        return path;
    }

    /** Whether a worker that starts now would find it; if not, it is not used any more. */
    public boolean isThere() {
        if (!isLost && !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            isLost = true;
            if (!file.isOpen()) {
                return false; // the server ends, while a worker comes
            }
            LOG.log(Level.WARNING, "somebody has removed " + path + ": request bodies go through the socket");
        }
        return !isLost;
    }

    @Override
    public SharedMemory.@Nullable Slot take(long bytes) {
        if (isLost || bytes < SMALLEST_BODY || bytes > SLOT_BYTES || freeCount == 0) {
            return null;
        }
        BodySlot slot = free[freeCount - 1];
        if (!slot.reserve((int) bytes)) {
            return null;
        }
        freeCount--;
        return slot;
    }

    @Override
    public void close() throws IOException {
        file.close();
        directory.close();
    }

    private final class BodySlot implements SharedMemory.Slot {
        private final int number;
        private final ByteBuffer bytes;
        private int reserved;

        BodySlot(int number, ByteBuffer bytes) {
            this.number = number;
            this.bytes = bytes;
        }

        /** Writes it as a file before its first use: a page that cannot be had kills who touches it. */
        boolean reserve(int wanted) {
            if (wanted > reserved) {
                ByteBuffer more = ByteBuffer.allocate((wanted - reserved + STEP - 1) / STEP * STEP);
                try {
                    // Where memory ends, a part is written at first: only the next write fails.
                    while (more.hasRemaining()) {
                        reserved += file.write(more, (long) number * SLOT_BYTES + reserved);
                    }
                } catch (IOException e) {
                    LOG.log(Level.DEBUG, "no more shared memory for request bodies", e);
                    return false;
                }
            }
            return true;
        }

        @Override
        public int number() {
            return number;
        }

        @Override
        public ByteBuffer bytes() {
            return bytes;
        }

        @Override
        public void giveBack() {
            free[freeCount++] = this;
        }
    }
}
