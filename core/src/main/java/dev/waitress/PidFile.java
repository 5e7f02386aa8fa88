package dev.waitress;

import dev.waitress.buffer.FileFailure;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The file that tells the number of this process as long as it listens. Thread-safe. */
final class PidFile {
    private static final Logger LOG = System.getLogger("waitress");

    /** What this server and others write; of a crash or a full disk nothing may be left. */
    private static final Pattern NUMBER = Pattern.compile("\\s*\\d*\\s*");

    private static final long LONGEST_NUMBER = 32;

    private final String content = ProcessHandle.current().pid() + "\n";
    private final @Nullable Path path;

    private PidFile(@Nullable Path path) {
        this.path = path;
    }

    /**
     * The file of these settings, which is not written yet; none if they do not want it.
     *
     * @throws IOException if it could not be written, or something lies there that must not be replaced
     */
    static PidFile of(Settings settings) throws IOException {
        String name = settings.get(Setting.PID_FILE);
        // Absolute: so it is found at the end too.
        PidFile file = new PidFile(name.isEmpty() ? null : Path.of(name).toAbsolutePath());
        file.requireReplaceable();
        file.requireFolder();
        return file;
    }

    private void requireFolder() throws IOException {
        Path folder = path == null ? null : path.getParent();
        if (folder == null) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw cannotWrite("no such directory", null);
        }
        if (!Files.isWritable(folder)) {
            throw cannotWrite("permission denied", null);
        }
    }

    private IOException cannotWrite(String reason, @Nullable IOException cause) {
        return new IOException("pid_file: cannot write " + path + ": " + reason, cause);
    }

    private void requireReplaceable() throws IOException {
        if (path == null || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("pid_file: " + path + " is no regular file");
        }
        if (Files.size(path) > LONGEST_NUMBER || !NUMBER.matcher(read(path)).matches()) {
            throw new IOException("pid_file: " + path + " holds something else than the number of a process");
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    /**
     * Writes it: whoever reads finds the whole number, or none. What an older server has left is replaced.
     *
     * @throws IOException if it cannot be written
     */
    void write() throws IOException {
        if (path == null) {
            return;
        }
        requireReplaceable();
        Path unfinished = path.resolveSibling(path.getFileName() + "." + content.strip());
        try {
            Files.deleteIfExists(unfinished);
            Files.writeString(unfinished, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw cannotWrite(FileFailure.reason(e), e);
        }
    }

    /** Removes it, unless another server has written its own number there since. */
    void remove() {
        try {
            if (path != null
                    && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                    && read(path).equals(content)) {
                Files.delete(path);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot remove " + path, e);
        }
    }
}
