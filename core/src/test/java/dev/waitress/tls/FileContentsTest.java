package dev.waitress.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileContentsTest {
    @TempDir
    private Path folder;

    private List<String> files(int first, int second) throws Exception {
        Path one = Files.write(folder.resolve("one"), new byte[first]);
        Path two = Files.write(folder.resolve("two"), new byte[second]);
        return List.of(one.toString(), two.toString());
    }

    @Test
    void mayHaveSoMuchTogether() throws Exception {
        for (int second : new int[] {9, 10}) {
            FileContents contents = FileContents.read(files(10, second), 20);
            assertThat(contents.bytes(0)).hasSize(10);
            assertThat(contents.bytes(1)).hasSize(second);
        }
    }

    @Test
    void namesTheOneThatIsTooMuch() throws Exception {
        List<String> first = files(21, 0);
        assertThatThrownBy(() -> FileContents.read(first, 20))
                .hasMessageStartingWith(first.get(0) + ": is too large: all together may have 20 bytes");
        List<String> second = files(10, 11);
        assertThatThrownBy(() -> FileContents.read(second, 20))
                .hasMessageStartingWith(second.get(1) + ": is too large");
        List<String> behind = files(20, 1);
        assertThatThrownBy(() -> FileContents.read(behind, 20))
                .hasMessageStartingWith(behind.get(1) + ": is too large");
    }
}
