package dev.waitress.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What some files hold at one time. That, and no times, tells whether they have changed. */
final class FileContents {
    /** Lists of revoked certificates are the largest, and take up much more when they have been read. */
    private static final int MOST_BYTES = 8 * 1024 * 1024;

    /** Of the heap, for all of them: what they hold now and what they held before are there at the same time. */
    private static final int SHARE_OF_HEAP = 32;

    private final List<byte[]> files;

    private FileContents(List<byte[]> files) {
        this.files = files;
    }

    /**
     * Reads them all.
     *
     * @throws TlsException naming the one that is missing or cannot be read; a pipe would keep its reader waiting, and
     *     a device would never end
     */
    static FileContents read(List<String> names) throws TlsException {
        return read(names, (int) Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP));
    }

    /** The same, of no more than so many bytes together. */
    static FileContents read(List<String> names, int most) throws TlsException {
        List<byte[]> files = new ArrayList<>();
        int left = most;
        for (String name : names) {
            byte[] bytes = read(name, left);
            if (bytes.length > left) {
                throw new TlsException(name + ": is too large: all together may have " + most
                        + " bytes, a thirty-second of the heap or 8 MiB");
            }
            left -= bytes.length;
            files.add(bytes);
        }
        return new FileContents(files);
    }

    /** One byte more than so many tells that there are more. */
    private static byte[] read(String name, int most) throws TlsException {
        try {
            Path path = Path.of(name);
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new TlsException(name + ": is no file");
            }
            try (InputStream file = Files.newInputStream(path)) {
                return file.readNBytes(most + 1);
            }
        } catch (NoSuchFileException e) {
            throw new TlsException(name + ": there is no such file");
        } catch (AccessDeniedException e) {
            throw new TlsException(name + ": the user " + System.getProperty("user.name") + " may not read it");
        } catch (IOException | InvalidPathException e) {
            throw new TlsException(name + ": cannot be read: " + e.getMessage());
        }
    }

    /** Those of one, in the order of the names. */
    byte[] bytes(int index) {
        return files.get(index);
    }

    int count() {
        return files.size();
    }

    /** Whether all are the same. */
    boolean areSameAs(FileContents other) {
        return files.size() == other.files.size() && Arrays.deepEquals(files.toArray(), other.files.toArray());
    }
}
