package dev.waitress.control;

import dev.waitress.platform.Platform;
import dev.waitress.platform.Processes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How much memory processes have in fact: {@code VmRSS} of {@code /proc}, or what {@code ps} says where there is none.
 */
public final class ResidentMemory {
    private static final String RESIDENT = "VmRSS:";
    private static final long KIB = 1024;

    private final @Nullable Path proc;

    ResidentMemory(@Nullable Path proc) {
        this.proc = proc;
    }

    public static ResidentMemory ofThisSystem() {
        try {
            return new ResidentMemory(Platform.current().requireProc());
        } catch (NoSuchFileException e) {
            return new ResidentMemory(null);
        }
    }

    /** Bytes of a process and all that it has started; 0 of one that has ended. */
    public long of(long pid) throws IOException {
        return sum(Stream.concat(
                        Stream.of(pid),
                        ProcessHandle.of(pid).stream()
                                .flatMap(ProcessHandle::descendants)
                                .map(ProcessHandle::pid))
                .toList());
    }

    /**
     * The same where nobody is harmed if it cannot be found out.
     *
     * @param withChildren whether what it has started counts
     */
    public OptionalLong find(long pid, boolean withChildren) {
        try {
            long bytes = withChildren ? of(pid) : sum(List.of(pid));
            return bytes == 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
        } catch (IOException | RuntimeException e) { // also what ps may say in place of a number
            return OptionalLong.empty();
        }
    }

    private long sum(List<Long> all) throws IOException {
        if (proc == null || !Files.exists(proc.resolve("self"))) {
            return sumOfPs(all);
        }
        long sum = 0;
        for (long each : all) {
            sum += ofOne(proc.resolve(each + "/status"));
        }
        return sum;
    }

    /** The line looks like {@code VmRSS: 9876 kB}. */
    private static long ofOne(Path status) {
        try (Stream<String> lines = Files.lines(status, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith(RESIDENT))
                    .mapToLong(
                            line -> kibibytes(line.substring(RESIDENT.length()).replace("kB", "")))
                    .sum();
        } catch (IOException | RuntimeException e) {
            return 0; // it has ended meanwhile
        }
    }

    private static long sumOfPs(List<Long> pids) throws IOException {
        String list = pids.stream().map(String::valueOf).collect(Collectors.joining(","));
        Process ps = Processes.start(
                new ProcessBuilder("ps", "-o", "rss=", "-p", list).redirectError(ProcessBuilder.Redirect.DISCARD));
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(ps.getInputStream(), StandardCharsets.US_ASCII))) {
            return lines.lines().mapToLong(ResidentMemory::kibibytes).sum();
        }
    }

    private static long kibibytes(String text) {
        return Long.parseLong(text.strip()) * KIB;
    }
}
