package dev.waitress.platform;

import java.io.File;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The system that the server runs on, and what follows from that. Nobody else asks for its name: whoever must know
 * something asks for that here, so that a test can have the answer of another system.
 */
public enum Platform {
    LINUX,
    MACOS,
    WINDOWS,
    /** Any other one. What all of them have is used, and nothing that only some have. */
    UNIX;

    /** System property; the lower-case name of a system has the server do without what that system lacks. */
    public static final String PROPERTY = "waitress.platform";

    private static final Path PROC = Path.of("/proc");
    private static final Path MEMORY_FILES = Path.of("/dev/shm");

    /** Size of sun_path, which ends with a zero byte. */
    private static final int SUN_PATH = 108;

    /** The same on the systems that come from BSD. */
    private static final int SUN_PATH_OF_BSD = 104;

    /** This system, or the one that the property names. */
    public static Platform current() {
        String forced = System.getProperty(PROPERTY, "");
        return forced.isEmpty()
                ? called(System.getProperty("os.name", ""))
                : valueOf(forced.trim().toUpperCase(Locale.ROOT));
    }

    /** The system that Java calls so. */
    static Platform called(String name) {
        if (name.startsWith("Windows")) {
            return WINDOWS;
        }
        if (name.startsWith("Mac")) {
            return MACOS;
        }
        return name.equals("Linux") ? LINUX : UNIX;
    }

    /**
     * The folder that tells of processes.
     *
     * @throws NoSuchFileException unless this is Linux: elsewhere one of this name is something else, or anybody's
     */
    public Path requireProc() throws NoSuchFileException {
        if (this != LINUX) {
            throw new NoSuchFileException(PROC.toString());
        }
        return PROC;
    }

    /** Where files are that are in memory only, which processes can share; null if there is no such place. */
    public @Nullable Path memoryFiles() {
        return this == LINUX ? MEMORY_FILES : null;
    }

    /** Empty to who reads it. */
    public File nullDevice() {
        return new File(this == WINDOWS ? "NUL" : "/dev/null");
    }

    /**
     * Command of a Python on the PATH. On Windows its installer may have put only its launcher there.
     *
     * @param onPath whether a program of this file name is there
     */
    public String python(Predicate<String> onPath) {
        if (this != WINDOWS) {
            return "python3";
        }
        return onPath.test("py.exe") && !onPath.test("python.exe") ? "py" : "python";
    }

    /** Where a virtual environment has its Python. */
    public Path python(Path virtualenv) {
        return this == WINDOWS
                ? virtualenv.resolve("Scripts").resolve("python.exe")
                : virtualenv.resolve("bin").resolve("python");
    }

    /** The longest path of a Unix socket, in bytes. */
    public int socketPathBytes() {
        return (this == LINUX || this == WINDOWS ? SUN_PATH : SUN_PATH_OF_BSD) - 1;
    }

    /** Whether Python has Unix sockets; on Windows only Java has them. */
    public boolean hasUnixSocketsInPython() {
        return this != WINDOWS;
    }

    /** Whether a process can become two that share what the first has loaded. */
    public boolean hasFork() {
        return this != WINDOWS;
    }

    /** Whether the names of services are where all Unix systems have them. */
    public boolean hasServiceNames() {
        return this != WINDOWS;
    }

    /** Whether there is a way to find out how much memory other processes have. */
    public boolean showsMemory() {
        return this != WINDOWS;
    }

    /** Whether several sockets can listen on one port. On Windows such an option lets one take it from the other. */
    public boolean canSharePorts() {
        return this != WINDOWS;
    }

    /** Whether connections to a shared port go to all who listen there, and not to one of them alone. */
    public boolean balancesSharedPorts() {
        return this == LINUX;
    }

    /** Whether a file that somebody has mapped, or has open in some ways, cannot be deleted. */
    public boolean keepsFilesInUse() {
        return this == WINDOWS;
    }
}
