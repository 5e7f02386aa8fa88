package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class UnwritableTest {
    private static final Path DIRECTORY = Path.of("private");

    @Test
    void saysWhyAndNotOnlyWhichFile() {
        assertThat(Unwritable.in(DIRECTORY, new AccessDeniedException("private/board")))
                .hasMessage(
                        "cannot write to private: Permission denied; set TMPDIR to a directory that can be written");
        assertThat(Unwritable.in(DIRECTORY, new FileSystemException("private/board", null, "Too many open files")))
                .hasMessage(
                        "cannot write to private: Too many open files; set TMPDIR to a directory that can be written");
    }
}
