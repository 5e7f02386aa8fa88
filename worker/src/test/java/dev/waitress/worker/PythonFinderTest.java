package dev.waitress.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.waitress.platform.Platform;
import dev.waitress.settings.SettingsException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "'', python", // Windows may know more than this
        "python.exe, python",
        "py.exe, py",
        "py.exe python.exe, python"
    })
    void takesTheLauncherOfWindowsWhereThatIsAllThereIs(String files, String command) throws IOException {
        System.setProperty(Platform.PROPERTY, "windows");
        for (String file : files.split(" ", -1)) {
            if (!file.isEmpty()) {
                makeProgram(file, "program");
            }
        }
        assertThat(PythonFinder.find("", path())).isEqualTo(command);
    }

    @Test
    void passesOverWhatWindowsOnlyOffers() throws IOException {
        System.setProperty(Platform.PROPERTY, "windows");
        makeProgram("python.exe", "");
        makeProgram("py.exe", "program");
        assertThat(PythonFinder.find("", path())).isEqualTo("py");
    }

    private void makeProgram(String name, String content) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Map<String, String> path() {
        return Map.of("Path", folder.resolve("nothing") + File.pathSeparator + folder);
    }

    @AfterEach
    void forceNoPlatform() {
        System.clearProperty(Platform.PROPERTY);
    }

    @Test
    void refusesAFolderWithoutOne() {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> PythonFinder.find(folder.toString(), Map.of()))
                .withMessageContaining("is a folder without bin/python");
    }
}
