package dev.waitress.net;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The file of a listening Unix socket: a stale one is replaced, that of a live server never. */
final class UnixSocketFile {
    private static final String IN_USE = "Address already in use";

    /** Bits of a file's mode that tell its type. A pipe or a device refuses connections too, and is not ours. */
    private static final int TYPE = 0170000;

    private static final int SOCKET = 0140000;

    /** Those of two characters. */
    private static final int HIDDEN_NAMES = Character.MAX_RADIX * Character.MAX_RADIX;

    private static final int MOST_TRIES = 100;

    private final Path path;
    private final @Nullable Object key;

    private UnixSocketFile(Path path) throws IOException {
        this.path = path;
        this.key = attributes(path).fileKey();
    }

    /** Binds so that the file never has a wider mode than this one, and is never seen before it answers. */
    static UnixSocketFile bind(ServerSocketChannel socket, Path path, int backlog, int mode) throws IOException {
        requireFree(path);
        Path parent = requireFolder(path);
        if (!Files.getFileStore(parent).supportsFileAttributeView("posix")) {
            socket.bind(UnixDomainSocketAddress.of(path), backlog);
            return new UnixSocketFile(path);
        }
        // Between bind and chmod the file has the mode that the umask leaves: that happens where nobody else can look.
        Path hidden = createHidden(path);
        Path bound = hidden.resolve("s");
        try {
            socket.bind(UnixDomainSocketAddress.of(bound), backlog);
            Files.setPosixFilePermissions(bound, permissions(mode));
            // A link fails where a file exists; a move would take the path over from a server that was quicker.
            Files.createLink(path, bound);
        } catch (FileAlreadyExistsException e) {
            throw (IOException) new BindException(IN_USE).initCause(e);
        } finally {
            Files.deleteIfExists(bound);
            Files.delete(hidden);
        }
        return new UnixSocketFile(path);
    }

    /** Fails where no server could bind it; not where a live one has, which may end first. Changes nothing. */
    static void check(Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !isSocket(path)) {
            throw new BindException(IN_USE);
        }
        if (!Files.isWritable(requireFolder(path))) {
            throw new IOException("Permission denied");
        }
    }

    private static Path requireFolder(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new NoSuchFileException("no such directory");
        }
        return parent;
    }

    /** A folder for us alone. Its name is short, because the path of a socket has room for about 100 bytes only. */
    private static Path createHidden(Path path) throws IOException {
        for (int i = 0; ; i++) {
            String name =
                    "." + Integer.toString(ThreadLocalRandom.current().nextInt(HIDDEN_NAMES), Character.MAX_RADIX);
            try {
                return Files.createDirectory(
                        path.resolveSibling(name),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                if (i == MOST_TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Removes the socket of a server that is gone; fails on anything else that is there. */
    private static void requireFree(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!isSocket(path) || !isDeserted(path)) {
            throw new BindException(IN_USE);
        }
        Files.delete(path);
    }

    private static boolean isSocket(Path path) throws IOException {
        if (!Files.getFileStore(path).supportsFileAttributeView("unix")) {
            return attributes(path).isOther();
        }
        int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & TYPE) == SOCKET;
    }

    private static boolean isDeserted(Path path) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false); // a live server's queue may be full
            probe.connect(UnixDomainSocketAddress.of(path));
            return false;
        } catch (ConnectException e) {
            return true; // left over from a crash
        } catch (IOException e) {
            return false; // a full queue, no permission: somebody's
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int i = 0; i < all.length; i++) {
            if ((mode & 0400 >> i) != 0) {
                permissions.add(all[i]);
            }
        }
        return permissions;
    }

    /** Removes it, unless somebody has put another file in its place. */
    void remove() throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                && Objects.equals(key, attributes(path).fileKey())) {
            Files.delete(path);
        }
    }
}
