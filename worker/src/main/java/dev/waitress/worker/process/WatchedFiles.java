package dev.waitress.worker.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files as they were when somebody looked last. None of them need be there: one that comes or goes has changed. What is
 * watched once stays watched, so that no change is lost while nobody has it loaded. Not thread-safe.
 */
final class WatchedFiles {
    /**
     * What tells one state of a file from another; a directory has only one.
     *
     * @param size in bytes; -1 if there is no file
     */
    private record Stamp(FileTime modified, long size) {
        private static final Stamp MISSING = new Stamp(FileTime.fromMillis(0), -1);
        private static final Stamp DIRECTORY = new Stamp(FileTime.fromMillis(0), 0);

        static Stamp of(@Nullable BasicFileAttributes attributes) {
            if (attributes == null) {
                return MISSING;
            }
            return attributes.isDirectory() ? DIRECTORY : new Stamp(attributes.lastModifiedTime(), attributes.size());
        }
    }

    /** Null if there is no such file. */
    private static @Nullable BasicFileAttributes look(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (IOException e) {
            return null;
        }
    }

    private final Map<Path, Stamp> known = new HashMap<>();
    private final Set<Path> changed = new HashSet<>();
    private final List<ExtraFiles> extra;

    /** Watches all that these stand for, now and later. */
    WatchedFiles(List<ExtraFiles> extra) {
        this.extra = extra;
        extra.forEach(each -> each.find().forEach(file -> known.put(file, Stamp.of(look(file)))));
    }

    /**
     * Watches these files from now on.
     *
     * @param since when none of them had been read yet; one that is newer has changed after it was, or may have; a
     *     directory is newer if something in it has come or gone
     */
    void add(Instant since, Collection<Path> files) {
        for (Path file : files) {
            if (known.containsKey(file)) {
                continue;
            }
            BasicFileAttributes attributes = look(file);
            known.put(file, Stamp.of(attributes));
            Instant modified = attributes == null
                    ? Instant.EPOCH
                    : attributes.lastModifiedTime().toInstant();
            // A time to come says nothing: somebody's clock is wrong.
            if (modified.isAfter(since) && !modified.isAfter(Instant.now())) {
                changed.add(file);
            }
        }
    }

    /** Those that have changed since the last call. */
    Set<Path> takeChanges() {
        for (ExtraFiles each : extra) {
            each.find().forEach(file -> known.putIfAbsent(file, Stamp.MISSING));
        }
        known.replaceAll((file, before) -> {
            Stamp now = Stamp.of(look(file));
            if (!now.equals(before)) {
                changed.add(file);
            }
            return now;
        });
        Set<Path> taken = Set.copyOf(changed);
        changed.clear();
        return taken;
    }
}
