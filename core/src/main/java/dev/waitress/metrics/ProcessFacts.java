package dev.waitress.metrics;

import dev.waitress.control.ResidentMemory;
import dev.waitress.platform.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What the system tells of a process; each is empty where it does not. Asking takes its time: never on the loop.
 *
 * @param residentBytes memory that it has in fact
 * @param cpuSeconds time that it has spent on processors
 * @param startSeconds when it began, since 1970
 */
record ProcessFacts(OptionalLong residentBytes, OptionalDouble cpuSeconds, OptionalDouble startSeconds) {
    private static final String DESCRIPTORS = "self/fd";
    private static final double MILLIS = 1000;

    /**
     * Asks.
     *
     * @param withChildren whether the memory of what it has started counts
     */
    static ProcessFacts of(long pid, boolean withChildren) {
        ProcessHandle.Info info = ProcessHandle.of(pid).map(ProcessHandle::info).orElse(null);
        return new ProcessFacts(
                ResidentMemory.ofThisSystem().find(pid, withChildren),
                info == null
                        ? OptionalDouble.empty()
                        : seconds(info.totalCpuDuration().map(Duration::toMillis)),
                info == null
                        ? OptionalDouble.empty()
                        : seconds(info.startInstant().map(Instant::toEpochMilli)));
    }

    private static OptionalDouble seconds(Optional<Long> millis) {
        return millis.isPresent() ? OptionalDouble.of(millis.get() / MILLIS) : OptionalDouble.empty();
    }

    /** Descriptors that this process has open. */
    static OptionalLong descriptors() {
        try (Stream<Path> open = Files.list(Platform.current().requireProc().resolve(DESCRIPTORS))) {
            return OptionalLong.of(open.count() - 1); // without the one by which they are listed
        } catch (IOException e) {
            return OptionalLong.empty(); // no Linux
        }
    }
}
