package dev.waitress.buffer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file could not be made or written, for a line of the log: it is the disk's fault, no stack would tell more. */
public final class FileFailure {
    private FileFailure() {}

    /** What the system says, without the path that was tried. */
    public static String reason(IOException e) {
        String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        if (reason != null) {
            return reason;
        } else if (e instanceof AccessDeniedException) {
            return "Permission denied";
        } else if (e instanceof NoSuchFileException || e instanceof NotDirectoryException) {
            return "no such directory";
        }
        return e.toString();
    }
}
