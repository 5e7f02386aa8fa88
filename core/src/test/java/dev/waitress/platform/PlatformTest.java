package dev.waitress.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PlatformTest {
    private static final String CHECKS = "isWindows\\(|\"os\\.name\"|separatorChar|\"/proc|\"/dev/shm|\"NUL\"";

    @AfterEach
    void forceNone() {
        System.clearProperty(Platform.PROPERTY);
    }

    @ParameterizedTest(name = "\"{0}\" is {1}")
    @CsvSource({
        "Linux, LINUX",
        "Mac OS X, MACOS",
        "Windows 10, WINDOWS",
        "Windows Server 2022, WINDOWS",
        "FreeBSD, UNIX",
        "SunOS, UNIX",
        "AIX, UNIX"
    })
    void isKnownByTheNameThatJavaHasForIt(String name, Platform platform) {
        assertThat(Platform.called(name)).isEqualTo(platform);
    }

    @ParameterizedTest
    @EnumSource
    void canBeForced(Platform platform) {
        System.setProperty(Platform.PROPERTY, platform.name().toLowerCase(Locale.ROOT));
        assertThat(Platform.current()).isEqualTo(platform);
    }

    @Test
    void isForcedToNoneThatNobodyKnows() {
        System.setProperty(Platform.PROPERTY, "plan9");
        assertThatIllegalArgumentException().isThrownBy(Platform::current);
    }

    @ParameterizedTest(name = "at most {1} bytes on {0}")
    @CsvSource({"LINUX, 107", "MACOS, 103", "WINDOWS, 107", "UNIX, 103"})
    void hasRoomForThePathOfASocket(Platform platform, int bytes) {
        assertThat(platform.socketPathBytes()).isEqualTo(bytes);
    }

    @Nested
    class Linux {
        @Test
        void aloneHasMemoryFilesAndTellsOfProcesses() throws IOException {
            assertThat(Platform.LINUX.requireProc()).isEqualTo(Path.of("/proc"));
            assertThat(Platform.LINUX.memoryFiles()).isEqualTo(Path.of("/dev/shm"));
            for (Platform other : List.of(Platform.MACOS, Platform.WINDOWS, Platform.UNIX)) {
                assertThatThrownBy(other::requireProc).isInstanceOf(NoSuchFileException.class);
                assertThat(other.memoryFiles()).isNull();
            }
        }

        @Test
        void aloneSharesOutTheConnectionsOfAPort() {
            assertThat(Stream.of(Platform.values()).filter(Platform::balancesSharedPorts))
                    .containsExactly(Platform.LINUX);
        }
    }

    @Nested
    class Windows {
        @Test
        void lacksWhatAllUnixSystemsHave() {
            Set<Platform> unix = Set.of(Platform.LINUX, Platform.MACOS, Platform.UNIX);
            for (Platform each : Platform.values()) {
                assertThat(each.hasFork())
                        .isEqualTo(each.hasUnixSocketsInPython())
                        .isEqualTo(each.hasServiceNames())
                        .isEqualTo(each.canSharePorts())
                        .isEqualTo(each.showsMemory())
                        .isEqualTo(!each.keepsFilesInUse())
                        .isEqualTo(unix.contains(each));
            }
        }

        @Test
        void hasOtherNames() {
            assertThat(Platform.WINDOWS.nullDevice()).hasName("NUL");
            assertThat(Platform.WINDOWS.python(file -> true)).isEqualTo("python");
            assertThat(Platform.WINDOWS.python(Path.of("v"))).isEqualTo(Path.of("v", "Scripts", "python.exe"));
            assertThat(Platform.UNIX.nullDevice()).hasToString("/dev/null");
            assertThat(Platform.UNIX.python(file -> true)).isEqualTo("python3");
            assertThat(Platform.UNIX.python(Path.of("v"))).isEqualTo(Path.of("v", "bin", "python"));
        }
    }

    /** In the sources, because constants leave no trace in classes. */
    @Test
    void isAskedByAllWhoMustKnow() throws IOException {
        Path project = Path.of("").toAbsolutePath().resolveSibling("");
        try (Stream<Path> sources =
                Stream.of("core", "worker", "cli").flatMap(module -> walk(project.resolve(module)))) {
            assertThat(sources.filter(PlatformTest::checksItself))
                    .extracting(Path::getFileName)
                    .containsExactly(Path.of("Platform.java"));
        }
    }

    @SuppressWarnings("StreamResourceLeak") // closed by the stream that it becomes a part of
    private static Stream<Path> walk(Path module) {
        try {
            return Files.walk(module.resolve("src/main/java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean checksItself(Path source) {
        try {
            return Files.isRegularFile(source)
                    && Files.readString(source).lines().anyMatch(line -> line.matches(".*(" + CHECKS + ").*"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
