package dev.waitress.worker.process;

import dev.waitress.http.Printable;
import dev.waitress.platform.Processes;
import dev.waitress.worker.pool.WorkerProcess;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where a worker writes what each of its threads is at, when a signal asks for that: Python does so at once, also while
 * something in C keeps all other threads waiting. What the worker has written there first says which process is to be
 * asked, and by which signal; without it there is no way to ask. Event loop only.
 */
final class StackFile {
    private static final Logger LOG = System.getLogger("waitress");

    /** Of one worker's stacks in the log; Python shows 100 frames of a thread, and may have 100 threads. */
    private static final int MOST_BYTES = 64 * 1024;

    private static final int OFFER_BYTES = 32;
    /** Process and signal; {@code waitress_worker/whereabouts.py} writes it. */
    private static final Pattern OFFER = Pattern.compile("([0-9]{1,9}) ([0-9]{1,2})\n");

    private final Path path;
    private long askedAt = Long.MAX_VALUE;

    StackFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    /** Asks for the stacks; false if the worker has not said how, or not as one that is this process. */
    boolean ask(WorkerProcess process) {
        try {
            Matcher offer = OFFER.matcher(read(0, OFFER_BYTES));
            if (!offer.lookingAt() || !process.includes(Long.parseLong(offer.group(1)))) {
                return false;
            }
            askedAt = Files.size(path);
            send(offer.group(2), offer.group(1));
            return true;
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot ask a worker for its stacks", e);
            return false;
        }
    }

    /** Java sends no signals but those that end a process; every shell has a command for it. */
    private static void send(String signal, String pid) throws IOException {
        Processes.start(new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + pid)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD));
    }

    /** What was written since it was asked for last; empty if nothing was. */
    String answer() {
        try {
            return read(askedAt, MOST_BYTES).lines().map(Printable::of).collect(Collectors.joining("\n"));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "cannot read a worker's stacks", e);
            return "";
        }
    }

    /** A regular file only: to open what the application may have put in its place could take for ever. */
    private String read(long start, int most) throws IOException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return "";
        }
        ByteBuffer bytes = ByteBuffer.allocate(most);
        try (SeekableByteChannel file = Files.newByteChannel(path, LinkOption.NOFOLLOW_LINKS)) {
            file.position(start);
            while (bytes.hasRemaining() && file.read(bytes) > 0) {
                // until all is there
            }
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }

    /** Nobody writes or asks any more. */
    void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a file of stacks goes with its directory", e);
        }
    }
}
