package dev.waitress.buffer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/**
 * A private directory as it was made.
 *
 * @param attributes by which it is told from another one that somebody may have put in its place
 * @param lock held while it is in use
 */
record Home(Path path, BasicFileAttributes attributes, FileChannel lock) {
    private static final String MODE = "rwx------";

    /** Makes one of a new name. */
    static Home make(Path parent, String prefix) throws IOException {
        return furnish(Files.createTempDirectory(parent, prefix, privately(parent)));
    }

    /** Makes one where there is nothing. */
    static Home make(Path path) throws IOException {
        return furnish(Files.createDirectory(path, privately(path)));
    }

    private static FileAttribute<?>[] privately(Path place) {
        return place.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MODE))}
                : new FileAttribute<?>[0];
    }

    private static Home furnish(Path path) throws IOException {
        BasicFileAttributes attributes = attributes(path);
        try {
            return new Home(path, attributes, Mark.set(path));
        } catch (IOException e) {
            remove(path, attributes);
            throw e;
        }
    }

    /** Those of what is there, a link perhaps; with owner and mode where there are such. */
    private static BasicFileAttributes attributes(Path path) throws IOException {
        Class<? extends BasicFileAttributes> type =
                path.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? PosixFileAttributes.class
                        : BasicFileAttributes.class;
        return Files.readAttributes(path, type, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether it is still there, and no other directory in its place. */
    boolean isThere() {
        try {
            return isSame(attributes(path));
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isSame(BasicFileAttributes other) {
        return isLike(attributes, other) && Objects.equals(attributes.fileKey(), other.fileKey());
    }

    /** Whether both are directories, with the same owner and mode where there are such. */
    static boolean isLike(BasicFileAttributes ours, BasicFileAttributes other) {
        if (ours instanceof PosixFileAttributes a && other instanceof PosixFileAttributes b) {
            return b.isDirectory()
                    && b.owner().equals(a.owner())
                    && b.permissions().equals(a.permissions());
        }
        return other.isDirectory();
    }

    /**
     * Removes it with all it holds, if it is still there. What cannot go is left with the mark, which nobody holds
     * then: the next server that starts here removes it.
     */
    void remove() throws IOException {
        // First: on Windows the name of a file that is open stays in its folder.
        lock.close();
        try {
            if (isThere()) {
                remove(path, attributes);
            }
        } catch (NoSuchFileException e) {
            // A server that starts now has been quicker: nobody holds the mark any more.
        }
    }

    private static void remove(Path path, BasicFileAttributes attributes) throws IOException {
        Path name = path.getFileName();
        try (Folder place = Folder.at(path.resolveSibling(""))) {
            try (Folder folder = place.open(name)) {
                BasicFileAttributes found = folder.attributes();
                if (!isLike(attributes, found) || !Objects.equals(attributes.fileKey(), found.fileKey())) {
                    return;
                }
                folder.clear(Mark.PREFIX);
            }
            place.removeEmpty(name);
        }
    }
}
