package dev.waitress.buffer;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/**
 * A whole file as memory of this process, until the last of those who use it gives it back. Only the kernel looks at
 * the bytes, at a write: where a file has shrunk the write fails, but no instruction of ours does. One thread only.
 */
public final class FileMapping {
    private final ByteBuffer bytes;
    private final AutoCloseable memory;
    private int users = 1;

    private FileMapping(ByteBuffer bytes, AutoCloseable memory) {
        this.bytes = bytes;
        this.memory = memory;
    }

    /**
     * Maps a file for one user.
     *
     * @param bytes the file's size, less than 2 GiB
     * @throws IOException if the system has no room for it
     */
    public static FileMapping of(FileChannel file, long bytes) throws IOException {
        try {
            return Runtime.version().feature() < 22 ? withCleaner(file, bytes) : inArena(file, bytes);
        } catch (ReflectiveOperationException e) {
            throw new IOException("cannot map a file", e);
        }
    }

    // Until Java 21 only this takes a mapping away before the garbage collector does; javac warns where it is named.
    private static FileMapping withCleaner(FileChannel file, long bytes)
            throws IOException, ReflectiveOperationException {
        Class<?> unsafe = Class.forName("sun.misc.Unsafe");
        Field instance = unsafe.getDeclaredField("theUnsafe");
        instance.setAccessible(true);
        Object cleaner = instance.get(null);
        ByteBuffer mapped = file.map(MapMode.READ_ONLY, 0, bytes);
        return new FileMapping(
                mapped,
                () -> unsafe.getMethod("invokeCleaner", ByteBuffer.class).invoke(cleaner, mapped));
    }

    // Java 22 has an interface for that, which is not there on 17.
    private static FileMapping inArena(FileChannel file, long bytes) throws IOException, ReflectiveOperationException {
        Class<?> arenas = Class.forName("java.lang.foreign.Arena");
        AutoCloseable arena = (AutoCloseable) arenas.getMethod("ofConfined").invoke(null);
        Object segment = FileChannel.class
                .getMethod("map", MapMode.class, long.class, long.class, arenas)
                .invoke(file, MapMode.READ_ONLY, 0L, bytes, arena);
        Object mapped = Class.forName("java.lang.foreign.MemorySegment")
                .getMethod("asByteBuffer")
                .invoke(segment);
        return new FileMapping((ByteBuffer) mapped, arena);
    }

    /** For one more user. */
    public FileMapping share() {
        users++;
        return this;
    }

    /** A part of the file. */
    public ByteBuffer bytes(long position, long count) {
        return bytes.slice((int) position, (int) count);
    }

    /** One user needs it no longer; its views are not used after that. */
    public void giveBack() throws IOException {
        users--;
        if (users > 0) {
            return;
        }
        try {
            memory.close();
        } catch (Exception e) {
            throw new IOException("cannot take back a mapping", e);
        }
    }
}
