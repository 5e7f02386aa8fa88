package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFilesTest {
    private static final Instant READ = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path directory;

    private Path write(String name, String text, Instant modified) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(modified));
        return file;
    }

    private static WatchedFiles watching(Path... files) {
        WatchedFiles watched = new WatchedFiles(List.of());
        watched.add(READ, List.of(files));
        return watched;
    }

    @Test
    void tellOfEachChangeOnce() throws IOException {
        Path file = write("a.py", "1", READ);
        WatchedFiles watched = watching(file, write("b.py", "1", READ));
        assertThat(watched.takeChanges()).isEmpty();
        write("a.py", "2", READ.plusNanos(1_000_000));
        assertThat(watched.takeChanges()).containsExactly(file);
        assertThat(watched.takeChanges()).isEmpty();
    }

    @Test
    void tellOfAnotherSizeAtTheSameTime() throws IOException {
        Path file = write("a.py", "1", READ);
        WatchedFiles watched = watching(file);
        write("a.py", "12", READ);
        assertThat(watched.takeChanges()).containsExactly(file);
    }

    @Test
    void tellOfOneThatGoesAndComes() throws IOException {
        Path file = write("a.py", "1", READ);
        WatchedFiles watched = watching(file, directory.resolve("missing.py"));
        Files.delete(file);
        assertThat(watched.takeChanges()).containsExactly(file);
        write("a.py", "1", READ);
        assertThat(watched.takeChanges()).containsExactly(file);
        Path appeared = write("missing.py", "1", READ);
        assertThat(watched.takeChanges()).containsExactly(appeared);
    }

    @Test
    void tellOfADirectoryOnlyThatItIsThere() throws IOException {
        Path inside = directory.resolve("package");
        WatchedFiles watched = watching(inside);
        write("package/a.py", "1", READ);
        assertThat(watched.takeChanges()).containsExactly(inside);
        write("package/b.py", "1", READ);
        assertThat(watched.takeChanges()).isEmpty();
    }

    @Nested
    class ThatWereReadBeforeWeKnew {
        @Test
        void haveChangedIfTheyAreADirectoryThatHas() throws IOException {
            write("package/a.py", "1", READ);
            Path inside = directory.resolve("package");
            Files.setLastModifiedTime(inside, FileTime.from(READ.plusNanos(1_000_000)));
            assertThat(watching(inside).takeChanges()).containsExactly(inside);
        }

        @Test
        void haveNotChangedIfTheyAreADirectoryThatHasNot() throws IOException {
            write("package/a.py", "1", READ);
            Path inside = directory.resolve("package");
            Files.setLastModifiedTime(inside, FileTime.from(READ));
            assertThat(watching(inside).takeChanges()).isEmpty();
        }

        @Test
        void haveComeIfTheyWereMissingHoweverOldTheyAre() throws IOException {
            Path file = write("a.py", "1", READ);
            WatchedFiles watched = new WatchedFiles(List.of());
            watched.add(Instant.EPOCH, List.of(file, directory, directory.resolve("still-missing.py")));
            assertThat(watched.takeChanges()).containsExactlyInAnyOrder(file, directory);
        }

        @Test
        void haveChangedIfTheyAreNewer() throws IOException {
            Path file = write("a.py", "1", READ.plusNanos(1_000_000));
            assertThat(watching(file, write("b.py", "1", READ)).takeChanges()).containsExactly(file);
        }

        @Test
        void haveNotChangedInTimesToCome() throws IOException {
            assertThat(watching(write("a.py", "1", Instant.now().plusSeconds(3600)))
                            .takeChanges())
                    .isEmpty();
        }

        @Test
        void areNotJudgedAgain() throws IOException {
            Path file = write("a.py", "1", READ.plusSeconds(1));
            WatchedFiles watched = watching(file);
            assertThat(watched.takeChanges()).containsExactly(file);
            watched.add(READ, List.of(file));
            assertThat(watched.takeChanges()).isEmpty();
        }
    }

    @Test
    void ofADirectoryMayComeLater() throws IOException {
        write("pages/a.html", "1", READ);
        WatchedFiles watched = new WatchedFiles(List.of(new ExtraFiles(directory + "/pages")));
        assertThat(watched.takeChanges()).isEmpty();
        Path later = write("pages/deep/b.html", "1", READ);
        assertThat(watched.takeChanges()).containsExactly(later);
        Files.delete(later);
        assertThat(watched.takeChanges()).containsExactly(later);
    }
}
