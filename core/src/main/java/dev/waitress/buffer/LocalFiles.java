package dev.waitress.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How files reach receivers on this machine, which would get the pages of a sendfile one by one, and take them in at a
 * third of the speed. A file that is asked for again is mapped, and the kernel copies its bytes once; any other is read
 * into a buffer and written from it. Event loop only.
 */
public final class LocalFiles implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");

    /** Half of a usual second-level cache: the bytes are still there when they are written. */
    private static final int BUFFER_BYTES = 256 * 1024;

    /** Files of this size are worth it. */
    public static final long SMALLEST_BYTES = 256 * 1024;

    /** So that all mappings together stay within 256 MiB of addresses. */
    static final long LARGEST_BYTES = 16 * 1024 * 1024;

    static final int MOST_FILES = 16;

    /** A file of that size: another size is another mapping, the same bytes or not. */
    private record Key(Object file, long bytes) {}

    /** A file that was asked for once; mapped when it is asked for again. */
    private static final class Entry {
        @Nullable
        FileMapping mapping;

        boolean wasUsed;
    }

    private final Map<Key, Entry> entries = new LinkedHashMap<>(MOST_FILES, 0.75f, true);
    private final int bufferBytes;
    private @Nullable ByteBuffer buffer;

    public LocalFiles() {
        this(BUFFER_BYTES);
    }

    LocalFiles(int bufferBytes) {
        this.bufferBytes = bufferBytes;
    }

    /** A direct buffer, empty again after each use. */
    ByteBuffer buffer() {
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(bufferBytes);
        }
        return buffer.clear();
    }

    /**
     * The file in memory, for a user that gives it back; null if it is to be copied.
     *
     * @param key tells the file from all others, as long as it is open or mapped
     */
    @Nullable
    FileMapping find(Object key, FileChannel file) {
        try {
            long bytes = file.size();
            return bytes < SMALLEST_BYTES || bytes > LARGEST_BYTES ? null : find(new Key(key, bytes), file);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a file is copied that might be mapped", e);
            return null;
        }
    }

    private @Nullable FileMapping find(Key key, FileChannel file) throws IOException {
        Entry entry = entries.get(key);
        if (entry == null) {
            if (entries.size() < MOST_FILES || removeUnused()) {
                entries.put(key, new Entry());
            }
            return null;
        }
        entry.wasUsed = true;
        if (entry.mapping == null) {
            entry.mapping = FileMapping.of(file, key.bytes);
        }
        return entry.mapping.share();
    }

    /** Makes room for another file; false if all are in use. */
    private boolean removeUnused() {
        for (Iterator<Entry> all = entries.values().iterator(); all.hasNext(); ) {
            Entry entry = all.next();
            if (!entry.wasUsed) {
                all.remove();
                drop(entry);
                return true;
            }
        }
        return false;
    }

    /**
     * Forgets the files that were not used since the last call: a mapping keeps the bytes of a deleted file on disk.
     */
    public void forgetUnused() {
        entries.values().removeIf(entry -> {
            boolean isUnused = !entry.wasUsed;
            if (isUnused) {
                drop(entry);
            }
            entry.wasUsed = false;
            return isUnused;
        });
    }

    private static void drop(Entry entry) {
        try {
            if (entry.mapping != null) {
                entry.mapping.giveBack();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a file stays mapped", e);
        }
    }

    /** Forgets all files. */
    @Override
    public void close() {
        entries.values().forEach(LocalFiles::drop);
        entries.clear();
    }
}
