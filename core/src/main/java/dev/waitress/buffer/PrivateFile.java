package dev.waitress.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of a client's own, open for reading and writing, deleted at {@link #close}. */
record PrivateFile(Path path, FileChannel channel, FileBudget budget) implements Closeable {
    /**
     * A new one.
     *
     * @throws IOException if it cannot be made, or there are too many
     */
    static PrivateFile in(PrivateDirectory directory) throws IOException {
        FileBudget budget = directory.files();
        budget.take();
        try {
            Path path = directory.newName();
            FileChannel channel = FileChannel.open(
                    path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return new PrivateFile(path, channel, budget);
        } catch (IOException | RuntimeException e) {
            budget.release();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        if (!channel.isOpen()) {
            return;
        }
        budget.release();
        channel.close();
        Files.deleteIfExists(path);
    }
}
