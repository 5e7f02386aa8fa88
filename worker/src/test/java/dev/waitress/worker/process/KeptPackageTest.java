package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptPackageTest {
    @TempDir
    private Path directory;

    private KeptPackage kept;

    @BeforeEach
    void make() {
        kept = Objects.requireNonNull(KeptPackage.findIn(directory));
    }

    private Path program() {
        return kept.path().resolve("waitress_worker").resolve("__main__.py");
    }

    @Test
    void isWholeAndReadableByEveryUser() throws IOException {
        try (Stream<Path> files = Files.list(kept.path().resolve("waitress_worker"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(PythonPackage.FILES);
        }
        assertThat(Files.getPosixFilePermissions(kept.path()))
                .isEqualTo(Files.getPosixFilePermissions(Files.createDirectory(directory.resolve("usual"))));
    }

    @Test
    void isFoundAsItIsByTheNextServer() throws IOException {
        Files.writeString(program(), "# the same one");
        assertThat(KeptPackage.findIn(directory)).isEqualTo(kept);
        assertThat(program()).hasContent("# the same one");
        try (Stream<Path> all = Files.list(directory)) {
            assertThat(all).containsExactly(kept.path());
        }
    }

    @Test
    void isNoneWithoutADirectory() {
        assertThat(KeptPackage.findIn(directory.resolve("missing"))).isNull();
        assertThat(KeptPackage.find()).isNull();
    }

    /** A server that runs makes a package of its own then. */
    @Test
    void isNotUsedOnceItsProgramIsGone() throws IOException {
        Files.delete(program());
        assertThat(kept.isThere()).isFalse();
        assertThat(KeptPackage.findIn(directory)).isNull();
    }
}
