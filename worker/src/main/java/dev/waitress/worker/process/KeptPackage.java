package dev.waitress.worker.process;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Our package as an earlier start has unpacked it beside the jar, with what Python has made of it: both together are a
 * third of what it takes to start a worker. Whoever can write there can write the jar.
 *
 * @param path that belongs on a worker's module path; its name tells one jar from the next, so that servers which run
 *     keep what they have
 */
record KeptPackage(Path path) {
    private static final Logger LOG = System.getLogger("waitress");

    /** System property: a directory for such packages. */
    private static final String DIRECTORY = "waitress.packages";

    /** That of this process' jar; null if there is none and none can be made. */
    static @Nullable KeptPackage find() {
        String directory = System.getProperty(DIRECTORY, "");
        return directory.isEmpty() ? null : findIn(Path.of(directory));
    }

    /** The same, in this directory, which need not be there. */
    static @Nullable KeptPackage findIn(Path directory) {
        try {
            KeptPackage kept = new KeptPackage(directory.resolve(version()));
            return kept.isThere() || kept.isMade() ? kept : null;
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "workers get a package of this server's own", e);
            return null;
        }
    }

    private static String version() throws IOException {
        try {
            Path jar = Path.of(KeptPackage.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            BasicFileAttributes attributes = Files.readAttributes(jar, BasicFileAttributes.class);
            return attributes.lastModifiedTime().toMillis() + "-" + attributes.size();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    /** Whether it can be read still, by this user. */
    boolean isThere() {
        return Files.isReadable(path.resolve(PythonPackage.NAME).resolve(PythonPackage.PROGRAM));
    }

    /** Nobody finds a part of it: it gets its name when all of it is there. */
    private boolean isMade() throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null || !Files.isWritable(parent)) {
            return false;
        }
        Path unfinished = parent.resolve("of-" + ProcessHandle.current().pid());
        PythonPackage.unpack(unfinished);
        Files.move(unfinished, path);
        return true;
    }
}
