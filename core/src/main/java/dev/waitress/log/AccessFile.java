package dev.waitress.log;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The file behind an access log. While it cannot be written, what is at hand is tried again and again, from where it
 * stopped: so no line is torn. One thread writes; the other methods are thread-safe.
 */
final class AccessFile implements Closeable {
    private static final Logger LOG = System.getLogger("waitress");
    private static final String STANDARD_OUTPUT = "-";
    private static final long RETRY_MILLIS = 250;

    /** Bits of a file's mode that tell its type. */
    private static final int FILE_TYPE = 0170000;

    private static final int PIPE = 0010000;

    private final String name;
    private final CountDownLatch closing = new CountDownLatch(1);
    private FileChannel channel;
    private boolean failing;
    private volatile boolean moved;

    /** Opens it, at its end. */
    AccessFile(String name) throws IOException {
        this.name = name;
        this.channel = open();
    }

    private FileChannel open() throws IOException {
        if (name.equals(STANDARD_OUTPUT)) {
            return new FileOutputStream(FileDescriptor.out).getChannel();
        }
        // Not FileChannel.open: its exceptions do not say what the system says. Path fails where a name would be
        // another one.
        Path path = Path.of(name);
        Closeable ownEnd = readPipe(path);
        try {
            return new FileOutputStream(path.toFile(), true).getChannel();
        } finally {
            ownEnd.close();
        }
    }

    /**
     * Reads the pipe that this file is: to open it for writing waits for a reader, which may never come. Who opens it
     * both ways does not wait. Without a reader its lines cannot be written, which is said and tried again.
     */
    private Closeable readPipe(Path path) throws IOException {
        if (!isPipe(path)) {
            return () -> {};
        }
        try {
            return new RandomAccessFile(path.toFile(), "rw");
        } catch (FileNotFoundException e) {
            LOG.log(Level.INFO, "the access log " + name + " is a pipe for others to read: it opens when one does");
            return () -> {};
        }
    }

    private static boolean isPipe(Path path) throws IOException {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix")
                && Files.exists(path)
                && ((int) Files.getAttribute(path, "unix:mode") & FILE_TYPE) == PIPE;
    }

    /** Fails if it could not be opened; neither makes it nor opens it, which could wait for the reader of a pipe. */
    static void check(String name) throws IOException {
        Path path = Path.of(name);
        Path folder = path.toAbsolutePath().getParent();
        if (name.equals(STANDARD_OUTPUT)) {
            return;
        }
        if (Files.isDirectory(path)) {
            throw new IOException(name + " (Is a directory)");
        }
        if (!Files.exists(path) && (folder == null || !Files.isDirectory(folder))) {
            throw new IOException(name + " (No such file or directory)");
        }
        if (!Files.isWritable(Files.exists(path) || folder == null ? path : folder)) {
            throw new IOException(name + " (Permission denied)");
        }
    }

    /** The file of that name is to be opened again before the next piece is written. */
    void reopen() {
        moved = !name.equals(STANDARD_OUTPUT);
    }

    /** Writes all of it. Returns false, with a part of it written at most, only after {@link #giveUp}. */
    boolean write(ByteBuffer piece) {
        boolean isEmpty = !piece.hasRemaining(); // only a new file is wanted
        do {
            try {
                followMove(piece);
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
                if (failing && !isEmpty) {
                    LOG.log(Level.INFO, "the access log " + name + " is written again");
                    failing = false;
                }
                return true;
            } catch (IOException e) {
                if (!failing) {
                    LOG.log(Level.WARNING, "cannot write the access log " + name + ": " + e.getMessage());
                }
                failing = true;
            }
        } while (!isClosedWithin(RETRY_MILLIS));
        return false;
    }

    private void followMove(ByteBuffer piece) throws IOException {
        if (moved) {
            FileChannel next = open();
            moved = false;
            channel.close();
            channel = next;
            beginLineAgain(piece);
        }
    }

    /** A line of which the old file has but a part is to be whole in the new one. */
    private static void beginLineAgain(ByteBuffer piece) {
        while (piece.position() > 0 && piece.get(piece.position() - 1) != '\n') {
            piece.position(piece.position() - 1);
        }
    }

    private boolean isClosedWithin(long millis) {
        try {
            return closing.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Lets the writer give up, if it is at that. */
    void giveUp() {
        closing.countDown();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
