package dev.waitress.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ResidentMemoryTest {
    private static final long SELF = ProcessHandle.current().pid();
    private static final long MIB = 1024 * 1024;

    @TempDir
    private Path proc;

    private ResidentMemory pretended(String status) throws IOException {
        Files.createDirectory(proc.resolve("self"));
        Files.writeString(
                Files.createDirectory(proc.resolve(String.valueOf(SELF))).resolve("status"), status);
        return new ResidentMemory(proc);
    }

    @Test
    void isWhatTheSystemSays() throws IOException {
        assertThat(pretended("Name:\tjava\nVmRSS:\t    9876 kB\nThreads:\t1\n").of(SELF))
                .isEqualTo(9876 * 1024);
    }

    @Test
    void isNothingOfWhatHasEnded() throws IOException {
        assertThat(pretended("Name:\tjava\nState:\tZ\n").of(SELF)).isZero();
        assertThat(new ResidentMemory(proc).of(Integer.MAX_VALUE)).isZero();
    }

    @Test
    void isUnknownOfWhatHasEnded() throws IOException {
        assertThat(pretended("VmRSS:\t    9876 kB\n").find(SELF, false)).hasValue(9876 * 1024);
        assertThat(new ResidentMemory(proc).find(Integer.MAX_VALUE, true)).isEmpty();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void includesChildren() throws IOException {
        ResidentMemory memory = ResidentMemory.ofThisSystem();
        long alone = memory.of(SELF);
        assertThat(alone).isGreaterThan(20 * MIB);
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            assertThat(memory.of(child.pid())).isPositive();
            assertThat(memory.of(SELF)).isGreaterThanOrEqualTo(memory.of(child.pid()));
        } finally {
            child.destroyForcibly();
        }
    }
}
