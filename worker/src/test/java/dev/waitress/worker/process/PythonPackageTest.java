package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.settings.SettingsException;
import dev.waitress.worker.PythonFinder;
import dev.waitress.worker.fakes.PythonNumbers;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonPackageTest {
    private static final Path SOURCES = Path.of("..", "python", "src", "waitress_worker");

    private static List<String> modules(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".py"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void isUnpackedAsItIsInTheSources(@TempDir Path directory) throws IOException {
        PythonPackage.unpack(directory);
        Path unpacked = directory.resolve("waitress_worker");
        assertThat(modules(unpacked)).isEqualTo(modules(SOURCES));
        for (String module : modules(SOURCES)) {
            assertThat(unpacked.resolve(module)).hasSameTextualContentAs(SOURCES.resolve(module));
        }
    }

    /** Of what a cleaner of old files has removed, and of a disk that was full. */
    @Test
    void isMadeWholeAgain(@TempDir Path directory) throws IOException {
        PythonPackage.unpack(directory);
        Path unpacked = directory.resolve("waitress_worker");
        Files.delete(unpacked.resolve("crew.py"));
        Files.writeString(unpacked.resolve("input.py.new"), "import");
        Files.delete(unpacked.resolve("input.py"));
        Files.writeString(unpacked.resolve("log.py"), "# in use");
        PythonPackage.unpack(directory);
        assertThat(unpacked.resolve("crew.py")).hasSameTextualContentAs(SOURCES.resolve("crew.py"));
        assertThat(unpacked.resolve("input.py")).hasSameTextualContentAs(SOURCES.resolve("input.py"));
        assertThat(unpacked.resolve("log.py")).hasContent("# in use");
    }

    /** Each constant of either side is in the other, with the same number. */
    @Test
    void speaksTheProtocolOfTheJavaSide() throws Exception {
        assertThat(PythonNumbers.of(SOURCES.resolve("protocol.py"))).isEqualTo(PythonNumbers.of(Protocol.class));
    }

    @Test
    void isRunByTheVirtualenvsPythonUnlessOneIsNamed(@TempDir Path directory) throws IOException {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Path python = bin.resolve("python");
        Files.writeString(python, "");
        Map<String, String> active = Map.of("VIRTUAL_ENV", directory.toString());
        assertThat(PythonFinder.find("", active)).isEqualTo("python3");
        assertThat(python.toFile().setExecutable(true)).isTrue();
        assertThat(PythonFinder.find("", active)).isEqualTo(python.toString());
        assertThat(PythonFinder.find("pypy3", active)).isEqualTo("pypy3");
        assertThat(PythonFinder.find("", Map.of())).isEqualTo("python3");
        assertThat(PythonFinder.find(directory.toString(), Map.of())).isEqualTo(python.toString());
        assertThatThrownBy(() -> PythonFinder.find(bin.toString(), Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessage("python: " + bin + " is a folder without bin/python, and so no virtual" + " environment");
    }
}
