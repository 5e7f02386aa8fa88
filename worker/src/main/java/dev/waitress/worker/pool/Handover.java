package dev.waitress.worker.pool;

import dev.waitress.buffer.FileRegion;
import dev.waitress.buffer.LocalFiles;
import dev.waitress.buffer.Segment;
import dev.waitress.worker.memory.Arena;
import dev.waitress.worker.memory.Ring;
import dev.waitress.worker.wire.AnswerReader;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * What one worker hands over instead of bytes: parts of files, and blocks in memory that it shares. Event loop only.
 */
final class Handover implements AnswerReader.Memory {
    private static final Logger LOG = System.getLogger("waitress");

    private WorkerFiles files = WorkerFiles.NONE;

    /** Where the worker puts large blocks; null until it has said so. */
    private @Nullable Arena arena;

    /** Where it lays smaller bodies; null until it has said so. */
    private @Nullable Ring ring;

    /** What the worker may have us open. */
    void allow(WorkerFiles newFiles) {
        files = newFiles;
    }

    @Override
    public void share(String path, int first, int slots, int slotBytes) {
        if (arena != null) {
            throw new IllegalArgumentException("more shared memory than one");
        }
        try {
            arena = new Arena(files.require(path), first, slots, slotBytes);
        } catch (IOException e) {
            throw new IllegalArgumentException("shared memory that cannot be mapped: " + e.getMessage(), e);
        }
    }

    @Override
    public void shareRing(String path, int first, int bytes) {
        if (ring != null) {
            throw new IllegalArgumentException("more rings than one");
        }
        try {
            ring = new Ring(files.require(path), first, bytes);
        } catch (IOException e) {
            throw new IllegalArgumentException("a ring that cannot be mapped: " + e.getMessage(), e);
        }
    }

    /** A body that lies in the ring. */
    Segment laid(int start, int count) {
        if (ring == null) {
            throw new IllegalArgumentException("a body in a ring that nobody announced");
        }
        try {
            return ring.body(start, count);
        } catch (IOException e) {
            throw new IllegalArgumentException("a body that cannot be read: " + e.getMessage(), e);
        }
    }

    /** Tells the worker what of the ring is free again. */
    void giveBack() {
        try {
            if (ring != null) {
                ring.giveBack();
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("a ring that cannot be written: " + e.getMessage(), e);
        }
    }

    /** The first bytes of a slot. */
    Segment block(int slot, int count) {
        if (arena == null) {
            throw new IllegalArgumentException("a block in shared memory that nobody announced");
        }
        try {
            return arena.block(slot, count);
        } catch (IOException e) {
            throw new IllegalArgumentException("a block that cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Part of a file that the worker has open.
     *
     * @param whenDone what to do when it was sent or dropped
     * @throws IOException if the file cannot be opened
     */
    Segment part(String name, long position, long count, Runnable whenDone) throws IOException {
        Path path = files.require(name);
        boolean isNamed = count >= LocalFiles.SMALLEST_BYTES && files.byDescriptor();
        // The path of a descriptor cannot come to mean another file.
        Object key =
                isNamed ? Files.readAttributes(path, BasicFileAttributes.class).fileKey() : null;
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        FileRegion region = new FileRegion(file, position, count, () -> {
            whenDone.run();
            file.close();
        });
        return key == null ? region : region.knownAs(key);
    }

    /** The worker is dead, and its memory goes with the last block that waits for a client. */
    void close() {
        close(arena);
        arena = null;
        close(ring);
        ring = null;
    }

    private static void close(@Nullable Closeable memory) {
        try {
            if (memory != null) {
                memory.close();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the memory of a worker that is dead stays mapped", e);
        }
    }
}
