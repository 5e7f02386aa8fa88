package dev.waitress.ini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases of {@code ini/}; {@code test_ini_corpus.py} reads the same ones by PasteDeploy. */
class IniCorpusTest {
    @TempDir
    private Path folder;

    static Stream<IniCase> cases() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("waitress.root"), "ini"))) {
            List<Path> found = files.filter(path -> path.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
            Stream.Builder<IniCase> cases = Stream.builder();
            for (Path path : found) {
                IniCase.read(path).forEach(cases);
            }
            return cases.build();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isReadAsItSays(IniCase one) throws IOException {
        one.write(folder);
        if (one.isError()) {
            IniException failure = catchThrowableOfType(IniException.class, () -> one.load(folder));
            assertThat(failure).isNotNull();
            assertThat(inFolder(String.valueOf(failure.getMessage()))).contains(one.expected());
        } else {
            assertThat(one.expected()).containsExactly(inFolder(one.load(folder)));
        }
    }

    private String inFolder(String text) {
        return text.replace(folder.toString(), "DIR");
    }

    @Test
    void thereAreCases() throws IOException {
        assertThat(cases()).hasSizeGreaterThan(60);
    }
}
