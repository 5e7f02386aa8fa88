package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExtraFilesTest {
    private static final List<String> FILES = List.of(
            "a.html",
            "b.txt",
            "a.html~",
            ".a.html.swp",
            "deep/a.html",
            "deep/deeper/a.html",
            "deep/__pycache__/a.pyc",
            ".git/a.html");

    @TempDir
    private static Path directory;

    @BeforeAll
    static void write() throws IOException {
        for (String file : FILES) {
            Path path = directory.resolve(file);
            Files.createDirectories(path.getParent());
            Files.createFile(path);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a.html, a.html",
        "nowhere, ''",
        "'', a.html b.txt deep/a.html deep/deeper/a.html",
        "deep, deep/a.html deep/deeper/a.html",
        "*, a.html b.txt",
        "*.html, a.html",
        "*/*.html, deep/a.html",
        "**/*.html, a.html deep/a.html deep/deeper/a.html",
        "deep/**, deep/a.html deep/deeper/a.html",
        "d*/deeper/?.html, deep/deeper/a.html",
        "'{a,b}.*', a.html b.txt",
        ".a.html.swp, .a.html.swp",
    })
    void stand(String text, String expected) {
        assertThat(new ExtraFiles(directory + "/" + text).find())
                .map(file -> directory.relativize(file).toString())
                .containsExactlyInAnyOrder(expected.isEmpty() ? new String[0] : expected.split(" ", -1));
    }

    @Test
    void areFoundBelowTheCurrentDirectoryIfNothingElseIsSaid() {
        Path pom = Path.of("pom.xml").toAbsolutePath();
        assertThat(new ExtraFiles("pom.xml").find()).containsExactly(pom);
        assertThat(new ExtraFiles("p*.xml").find()).containsExactly(pom);
        assertThat(new ExtraFiles("**/pom.xml").find()).contains(pom);
    }
}
