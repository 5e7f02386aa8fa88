package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.waitress.platform.Platform;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerFilesTest {
    private static final long OWN = ProcessHandle.current().pid();

    @TempDir
    private Path directory;

    /** This process stands for a worker. */
    private record Here(long pid) implements WorkerProcess {
        @Override
        public void onExit(IntConsumer callback) {}

        @Override
        public void kill() {}
    }

    private static WorkerFiles files() {
        WorkerFiles files = WorkerFiles.of(new Here(OWN), OWN);
        assumeThat(files.byDescriptor()).as("a system with /proc").isTrue();
        return files;
    }

    @Test
    void areWhatTheWorkerHasOpen() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "text");
        WorkerFiles files = files();
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            assertThat(open.length()).isEqualTo(4);
            Path descriptor = descriptorOf(file);
            assertThat(Files.readString(files.require(descriptor.toString()))).isEqualTo("text");
        }
    }

    @Test
    void areNamedByTheirPathsWhereNoSystemShowsWhatIsOpen() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "text");
        System.setProperty(Platform.PROPERTY, "macos");
        try {
            WorkerFiles files = WorkerFiles.of(new Here(OWN), OWN);
            assertThat(files.byDescriptor()).isFalse();
            assertThat(files.require(file.toString())).isEqualTo(file);
        } finally {
            System.clearProperty(Platform.PROPERTY);
        }
    }

    private static Path descriptorOf(Path file) throws IOException {
        try (var all = Files.list(Path.of("/proc", String.valueOf(OWN), "fd"))) {
            return all.filter(each -> isLinkTo(each, file)).findFirst().orElseThrow();
        }
    }

    private static boolean isLinkTo(Path link, Path file) {
        try {
            return Files.isSameFile(link, file);
        } catch (IOException e) {
            return false; // closed since
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/passwd",
                "/proc/1/fd/0",
                "/proc/self/fd/0",
                "/proc/PID/fd/../environ",
                "/proc/PID/fd/0/../../mem",
                "/proc/PID/environ",
                "/proc/PID/fd",
                "/proc/PID/fd/",
                "/proc/PID/fd/-1",
                "/proc/PID/fd/x",
                "fd/0",
                ""
            })
    void areNoOthers(String name) {
        String path = name.replace("PID", String.valueOf(OWN));
        WorkerFiles files = files();
        assertThatIllegalArgumentException().isThrownBy(() -> files.require(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/null", "/proc", "/dev/zero"})
    void areRegularOnesWhereTheSystemShowsNoDescriptors(String name) {
        assumeThat(Path.of(name)).exists();
        WorkerFiles files = WorkerFiles.of(new Here(OWN), Long.MAX_VALUE);
        assertThat(files.byDescriptor()).isFalse();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> files.require(name));
    }

    @Test
    void areNotThoseOfAProcessThatIsNotTheWorkers() {
        // Number 1 is an ancestor of all, and nobody's child.
        assertThat(WorkerFiles.of(new Here(OWN), 1).byDescriptor()).isFalse();
        assertThat(WorkerFiles.of(new Here(1), OWN).byDescriptor()).isEqualTo(files().byDescriptor());
    }

    @Test
    void areNoneOfAWorkerThatHasNotSaidWhoItIs() {
        assertThatIllegalArgumentException().isThrownBy(() -> WorkerFiles.NONE.require("/proc/1/fd/0"));
    }
}
