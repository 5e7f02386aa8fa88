package dev.waitress.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class PythonFinderTest {
    @TempDir
    private Path folder;

    private Path virtualenv() throws IOException {
        Path python = Files.createDirectories(folder.resolve("bin")).resolve("python");
        assertThat(Files.createFile(python).toFile().setExecutable(true)).isTrue();
        return python;
    }

    private Map<String, String> active() {
        return Map.of("VIRTUAL_ENV", folder.toString());
    }

    @Test
    void takesTheOneOnThePath() {
        assertThat(PythonFinder.find("", Map.of())).isEqualTo("python3");
    }

    @Test
    void prefersThatOfTheActiveVirtualEnvironment() throws IOException {
        Path python = virtualenv();
        assertThat(PythonFinder.find("", active())).isEqualTo(python.toString());
    }

    @Test
    void passesOverAnEnvironmentThatIsNotThere() {
        assertThat(PythonFinder.find("", active())).isEqualTo("python3");
    }

    @Test
    void prefersTheOneThatIsNamed() throws IOException {
        Path python = virtualenv();
        assertThat(PythonFinder.find("pypy3", active())).isEqualTo("pypy3");
        assertThat(PythonFinder.find(folder.toString(), Map.of())).isEqualTo(python.toString());
    }

    @Test
    void refusesAFolderWithoutOne() {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> PythonFinder.find(folder.toString(), Map.of()))
                .withMessageContaining("is a folder without bin/python");
    }
}
