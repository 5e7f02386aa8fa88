package dev.waitress.worker.process;

import dev.waitress.buffer.FileFailure;
import dev.waitress.buffer.PrivateDirectory;
import java.io.IOException;
import java.nio.file.Path;

/** What is said where a file of the server's own cannot be written. */
final class Unwritable {
    private Unwritable() {}

    /** The failure, with the directory and what to do about it. */
    static IOException in(Path directory, IOException e) {
        return new IOException(
                "cannot write to " + directory + ": " + FileFailure.reason(e) + "; " + PrivateDirectory.ADVICE, e);
    }
}
