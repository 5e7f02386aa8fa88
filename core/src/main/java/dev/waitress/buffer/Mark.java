package dev.waitress.buffer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The file by which a private directory is known for one: it is locked while its server lives. It says which directory
 * it was made for, so that a copy marks nothing, and its name says which process made it: a process that opens a file
 * which it has locked loses the lock when it closes that, so those of our own must be known without a look inside.
 */
final class Mark {
    /** How its name begins. */
    static final String PREFIX = "lock-";

    private static final String TEXT = "private directory of a Waitress server: ";

    private Mark() {}

    /** The same for all servers of a process, whoever has loaded this class; another one for every other process. */
    private static String name() {
        ProcessHandle process = ProcessHandle.current();
        long started = process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        return PREFIX + process.pid() + "-" + started;
    }

    private static byte[] text(Path directoryName) {
        return (TEXT + directoryName + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Marks a directory until the channel is closed. */
    static FileChannel set(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve(name()), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            // Without its text it is no mark yet: nobody takes it before it is locked.
            channel.lock();
            ByteBuffer text = ByteBuffer.wrap(text(directory.getFileName()));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Locks the mark of a directory whose server is gone.
     *
     * @param folder that directory, which nobody but we can change
     * @return null if there is no mark, or a server lives there
     */
    static @Nullable FileChannel take(Folder folder, Path directoryName) throws IOException {
        Path name = folder.find(PREFIX);
        byte[] expected = text(directoryName);
        if (name == null || name.toString().equals(name()) || !isRegular(folder.attributes(name), expected.length)) {
            return null;
        }
        FileChannel channel = folder.file(name);
        try {
            if (holds(channel, expected) && channel.tryLock() != null) {
                return channel;
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return null;
    }

    private static boolean isRegular(BasicFileAttributes attributes, int bytes) {
        return attributes.isRegularFile() && attributes.size() == bytes;
    }

    private static boolean holds(FileChannel channel, byte[] expected) throws IOException {
        ByteBuffer found = ByteBuffer.allocate(expected.length);
        while (found.hasRemaining() && channel.read(found) >= 0) {
            // until all of it is there
        }
        return found.flip().equals(ByteBuffer.wrap(expected));
    }
}
