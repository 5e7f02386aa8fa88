package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileWatchTest {
    @TempDir
    private Path folder;

    private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();

    private Path file(String name) throws IOException {
        return Files.writeString(folder.resolve(name), "before");
    }

    @Test
    void tellsOfAFileThatChanges() throws Exception {
        Path extra = file("extra.txt");
        try (FileWatch watch = new FileWatch(List.of(extra.toString()))) {
            watch.tell(changes::add);
            Files.writeString(extra, "after all");
            assertThat(changes.take()).isEqualTo(extra + " changed");
        }
    }

    @Test
    void tellsOnceOfAllThatChangesTogether() throws Exception {
        Path first = file("a.py");
        Path second = file("b.py");
        try (FileWatch watch = new FileWatch(List.of())) {
            assertThat(watch.isEmpty()).isTrue();
            // After the files were read, as the application says.
            watch.add(Instant.EPOCH, List.of(first, second));
            assertThat(watch.isEmpty()).isFalse();
            watch.tell(changes::add);
            assertThat(changes.take()).isEqualTo(first + " and 1 more changed");
        }
    }

    @Test
    void hasNothingToTellWithoutFiles() throws IOException {
        try (FileWatch watch = new FileWatch(List.of())) {
            assertThat(watch.isEmpty()).isTrue();
            assertThat(Changes.NONE.isEmpty()).isTrue();
        }
    }
}
