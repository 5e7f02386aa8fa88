package dev.waitress.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A directory that is open: what is asked of it and done to it concerns this one, whatever its path may have come to
 * mean since, where the platform can do that. No link in it is ever followed. One thread at a time.
 */
final class Folder implements Closeable {
    /** Far deeper than anything of ours; each level takes a descriptor or two. */
    private static final int DEEPEST = 32;

    private static final Path ITSELF = Path.of(".");

    private final Path path;
    private final DirectoryStream<Path> entries;

    /** Null where the platform knows a directory by its path alone. */
    private final @Nullable SecureDirectoryStream<Path> opened;

    private Folder(Path path, DirectoryStream<Path> entries) {
        this.path = path;
        this.entries = entries;
        this.opened = entries instanceof SecureDirectoryStream<Path> secure ? secure : null;
    }

    /** Does something with a name. */
    @FunctionalInterface
    interface NameAction {
        void accept(Path name) throws IOException;
    }

    /** Opens a directory, which its path may lead to by a link. */
    @SuppressWarnings("StreamResourceLeak") // closed with the folder
    static Folder at(Path path) throws IOException {
        return new Folder(path, Files.newDirectoryStream(path));
    }

    /** Opens a directory in this one. */
    @SuppressWarnings("StreamResourceLeak") // closed with that folder
    Folder open(Path name) throws IOException {
        Path below = path.resolve(name);
        if (!attributes(name).isDirectory()) {
            throw new NotDirectoryException(below.toString());
        }
        return new Folder(
                below,
                opened == null
                        ? Files.newDirectoryStream(below)
                        : opened.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS));
    }

    /** The names in it, in no order; can be asked for once. */
    void forEach(NameAction action) throws IOException {
        try {
            for (Path entry : entries) {
                action.accept(entry.getFileName());
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** The first name with this beginning, if there is one; uses up {@link #forEach}. */
    @Nullable
    Path find(String beginning) throws IOException {
        try {
            for (Path entry : entries) {
                if (entry.getFileName().toString().startsWith(beginning)) {
                    return entry.getFileName();
                }
            }
            return null;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Those of the directory itself. */
    BasicFileAttributes attributes() throws IOException {
        return attributes(ITSELF);
    }

    /** Those of something in it, a link perhaps; with owner and mode where there are such. */
    BasicFileAttributes attributes(Path name) throws IOException {
        PosixFileAttributeView posix = view(name, PosixFileAttributeView.class);
        return posix == null ? view(name, BasicFileAttributeView.class).readAttributes() : posix.readAttributes();
    }

    private <V extends BasicFileAttributeView> V view(Path name, Class<V> type) {
        return opened == null
                ? Files.getFileAttributeView(path.resolve(name), type, LinkOption.NOFOLLOW_LINKS)
                : opened.getFileAttributeView(name, type, LinkOption.NOFOLLOW_LINKS);
    }

    /** Opens a file in it, which must be known to be a regular one: to open a pipe may take for ever. */
    FileChannel file(Path name) throws IOException {
        Set<OpenOption> options = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        return opened == null
                ? FileChannel.open(path.resolve(name), options)
                : (FileChannel) opened.newByteChannel(name, options);
    }

    /**
     * Removes all that is in it, and what is its mark only then: where something cannot go, it can be known later.
     *
     * @param mark how the names of marks begin
     * @throws IOException if something is left, but all else is gone
     */
    void clear(String mark) throws IOException {
        Removal removal = new Removal();
        clear(DEEPEST, removal, name -> !name.toString().startsWith(mark));
        removal.check();
        clear(DEEPEST, removal, name -> true);
        removal.check();
    }

    private void clear(int depth, Removal removal, Predicate<Path> which) throws IOException {
        if (depth == 0) {
            throw new IOException(path + " is deeper than anything of ours");
        }
        // Opened once more: its names may have been asked for before.
        try (Folder again = open(ITSELF)) {
            again.forEach(name -> {
                if (which.test(name)) {
                    removal.attempt(() -> again.remove(name, depth, removal));
                }
            });
        }
    }

    private void remove(Path name, int depth, Removal removal) throws IOException {
        if (attributes(name).isDirectory()) {
            try (Folder below = open(name)) {
                below.clear(depth - 1, removal, each -> true);
            }
            removeEmpty(name);
        } else if (opened == null) {
            Files.delete(path.resolve(name));
        } else {
            opened.deleteFile(name);
        }
    }

    /** Removes an empty directory in it. */
    void removeEmpty(Path name) throws IOException {
        if (opened == null) {
            Files.delete(path.resolve(name));
        } else {
            opened.deleteDirectory(name);
        }
    }

    @Override
    public void close() throws IOException {
        entries.close();
    }
}
