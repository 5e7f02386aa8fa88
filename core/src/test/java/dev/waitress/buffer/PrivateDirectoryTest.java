package dev.waitress.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waitress.LogCapture;
import dev.waitress.platform.Platform;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PrivateDirectoryTest {
    @TempDir
    private Path parent;

    @TempDir
    private Path victim;

    @BeforeEach
    void makeVictim() throws IOException {
        Files.writeString(victim.resolve("precious"), "x");
        Files.createDirectory(victim.resolve("below"));
    }

    /** Another server, which prints its directory, and is killed if that is wanted. */
    static final class Other {
        private Other() {}

        public static void main(String[] arguments) throws IOException {
            try (PrivateDirectory directory = new PrivateDirectory(Path.of(arguments[0]))) {
                System.out.print(directory.path());
                System.out.flush();
                if (arguments[1].equals("stuck")) {
                    leaveWhatCannotGo(directory.path());
                }
                if (arguments[1].equals("killed")) {
                    Runtime.getRuntime().halt(0);
                }
            }
        }
    }

    /** As a file that is mapped cannot on Windows: a folder that lies deeper than ours do. */
    private static void leaveWhatCannotGo(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("deep").resolve("d/".repeat(40)));
        Files.writeString(directory.resolve("deep").resolve("file"), "x");
        Files.writeString(directory.resolve("file"), "x");
        Files.writeString(Files.createDirectory(directory.resolve("z")).resolve("file"), "x");
    }

    private Path other(String end) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = String.join(
                File.pathSeparator, System.getProperty("java.class.path"), "target/classes", "target/test-classes");
        Process process = new ProcessBuilder(
                        java, "-XX:TieredStopAtLevel=1", "-cp", classes, Other.class.getName(), parent.toString(), end)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return Path.of(output);
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }

    private static Path makePrivate(Path directory) throws IOException {
        return Files.createDirectory(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** What is left when another server has started here. */
    private List<Path> sweep() throws IOException {
        try (PrivateDirectory next = new PrivateDirectory(parent)) {
            Path own = next.path();
            try (Stream<Path> found = Files.list(parent)) {
                return found.filter(path -> !path.equals(own)).toList();
            }
        }
    }

    @Test
    void isPrivateAndGoesAway() throws IOException {
        PrivateDirectory directory = new PrivateDirectory(parent);
        Path path = directory.path();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rwx------");
        Files.writeString(Files.createDirectory(path.resolve("d")).resolve("f"), "x");
        directory.close();
        assertThat(parent).isEmptyDirectory();
        assertThatThrownBy(directory::path).hasMessage("the server has ended");
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void goesWithoutWhatItsLinksLeadTo() throws IOException {
        PrivateDirectory directory = new PrivateDirectory(parent);
        Path below = Files.createDirectory(directory.path().resolve("d"));
        Files.createSymbolicLink(directory.path().resolve("folder"), victim);
        Files.createSymbolicLink(below.resolve("file"), victim.resolve("precious"));
        directory.close();
        assertThat(parent).isEmptyDirectory();
        assertThat(victim.resolve("precious")).exists();
        assertThat(victim.resolve("below")).exists();
    }

    /** It may be exchanged for another one: that is not ours to remove. */
    @Test
    void leavesAloneWhatHasComeInItsPlace() throws IOException {
        PrivateDirectory directory = new PrivateDirectory(parent);
        Path path = directory.path();
        Files.move(path, parent.resolve("moved"));
        Files.createSymbolicLink(path, victim);
        directory.close();
        assertThat(victim.resolve("precious")).exists();
        assertThat(path).isSymbolicLink();
    }

    @Nested
    class OfAKilledServer {
        @Test
        void isRemoved() throws Exception {
            Path abandoned = other("killed");
            Files.writeString(Files.createDirectory(abandoned.resolve("d")).resolve("f"), "x");
            Files.createSymbolicLink(abandoned.resolve("folder"), victim);
            assertThat(sweep()).isEmpty();
            assertThat(victim.resolve("precious")).exists();
        }

        @Test
        void isKnownByItsNameWhichACopyHasNot() throws Exception {
            Path abandoned = other("killed");
            Path copy = parent.resolve("waitress-copy");
            assertThat(run("cp", "-a", abandoned.toString(), copy.toString())).isTrue();
            assertThat(sweep()).containsExactly(copy);
        }

        @Test
        void isLeftAloneIfOthersMayEnter() throws Exception {
            Path abandoned = other("killed");
            Files.setPosixFilePermissions(abandoned, PosixFilePermissions.fromString("rwxr-x---"));
            assertThat(sweep()).containsExactly(abandoned);
        }

        @Test
        void isLeftAloneIfItIsSomebodyElses() throws Exception {
            Path abandoned = other("killed");
            assumeTrue(run("chown", "-R", "65534", abandoned.toString()), "only root can give a directory away");
            assertThat(sweep()).containsExactly(abandoned);
        }

        @Test
        void isLeftAloneIfALinkLeadsThere() throws Exception {
            Path abandoned = other("killed");
            Path elsewhere = Files.move(abandoned, victim.resolve(abandoned.getFileName()));
            Files.createSymbolicLink(abandoned, elsewhere);
            assertThat(sweep()).containsExactly(abandoned);
            assertThat(elsewhere).isNotEmptyDirectory();
        }
    }

    @Nested
    class WithSomethingThatCannotGo {
        @Test
        void isLeftWithThatAloneAndWithItsMark() throws Exception {
            Path left = other("stuck");
            try (Stream<Path> files = Files.list(left)) {
                assertThat(files.map(each -> each.getFileName().toString().replaceFirst("-.*", "")))
                        .containsExactlyInAnyOrder("deep", "lock");
            }
            assertThat(left.resolve("deep").resolve("file")).doesNotExist();
        }

        @Test
        void isRemovedByTheNextServerOnceThatCanGo() throws Exception {
            Path left = other("stuck");
            assertThat(sweep()).containsExactly(left);
            assertThat(run("rm", "-r", left.resolve("deep").resolve("d").toString()))
                    .isTrue();
            assertThat(sweep()).isEmpty();
        }

        @Test
        void saysSoInOneLine() throws IOException {
            assertThat(closed())
                    .hasSize(1)
                    .first()
                    .asString()
                    .startsWith("WARNING:waitress:cannot remove ")
                    .endsWith("is deeper than anything of ours; the next server that starts here does");
        }

        @Test
        void saysNothingWhereFilesInUseAreKept() throws IOException {
            System.setProperty(Platform.PROPERTY, "windows");
            try {
                assertThat(closed()).isEmpty();
            } finally {
                System.clearProperty(Platform.PROPERTY);
            }
        }

        private List<String> closed() throws IOException {
            try (LogCapture log = new LogCapture()) {
                PrivateDirectory directory = new PrivateDirectory(parent);
                leaveWhatCannotGo(directory.path());
                directory.close();
                assertThat(directory.files().held()).isZero();
                return log.lines();
            }
        }
    }

    /** What a local user can plant, and what only happens to have such a name. */
    @Test
    void isNotWhatOnlyLooksLikeOne() throws Exception {
        List<Path> planted = new ArrayList<>();
        for (String lock : List.of("lock", "lock-1-0")) {
            Path empty = makePrivate(parent.resolve("waitress-empty-" + lock));
            Files.createFile(empty.resolve(lock));
            Files.createSymbolicLink(empty.resolve("x"), victim);
            Path pipe = makePrivate(parent.resolve("waitress-pipe-" + lock));
            assertThat(run("mkfifo", pipe.resolve(lock).toString())).isTrue();
            Path link = makePrivate(parent.resolve("waitress-link-" + lock));
            Files.createSymbolicLink(link.resolve(lock), victim.resolve("precious"));
            Path folder = makePrivate(parent.resolve("waitress-folder-" + lock));
            Files.createDirectory(folder.resolve(lock));
            planted.addAll(List.of(empty, pipe, link, folder));
        }
        planted.add(makePrivate(parent.resolve("waitress-bare")));
        planted.add(Files.createFile(parent.resolve("waitress-file")));
        planted.add(Files.createSymbolicLink(parent.resolve("waitress-dangling"), parent.resolve("nowhere")));
        planted.add(Files.createSymbolicLink(parent.resolve("waitress-link"), victim));
        Path pipe = parent.resolve("waitress-pipe");
        assertThat(run("mkfifo", pipe.toString())).isTrue();
        planted.add(pipe);
        assertThat(sweep()).containsExactlyInAnyOrderElementsOf(planted);
        assertThat(victim.resolve("precious")).exists();
    }

    /** A process loses its lock on a file when it closes any descriptor of that. */
    @Test
    void isKeptBesideAnotherOneOfTheProcessWhenAThirdServerStarts() throws Exception {
        try (PrivateDirectory first = new PrivateDirectory(parent);
                PrivateDirectory second = new PrivateDirectory(parent)) {
            List<Path> living = List.of(first.path(), second.path());
            other("closed");
            assertThat(living).allMatch(Files::isDirectory);
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void isMadeAgainWhereItWas() throws Exception {
        try (PrivateDirectory directory = new PrivateDirectory(parent)) {
            Path path = directory.path();
            assertThat(run("rm", "-r", path.toString())).isTrue();
            assertThat(directory.newName()).hasParentRaw(path);
            assertThat(path).isNotEmptyDirectory();
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void isMadeElsewhereIfItsPlaceIsTaken() throws IOException {
        try (PrivateDirectory directory = new PrivateDirectory(parent)) {
            Path path = directory.path();
            Files.move(path, victim.resolve("moved"));
            Files.createSymbolicLink(path, victim);
            assertThat(directory.newName()).hasParentRaw(directory.path());
            assertThat(directory.path()).isNotEqualTo(path).isDirectory();
        }
        assertThat(victim.resolve("precious")).exists();
    }

    @Test
    void liesInTheNextPlaceIfTheFirstTakesNone() throws IOException {
        Path missing = parent.resolve("missing");
        try (PrivateDirectory directory = new PrivateDirectory(List.of(missing, parent))) {
            assertThat(directory.path()).hasParentRaw(parent);
        }
        try (PrivateDirectory directory = new PrivateDirectory(missing)) {
            assertThatThrownBy(directory::path)
                    .hasMessage("cannot make temporary files in " + missing
                            + ": no such directory; set TMPDIR to a directory that can be written");
        }
    }
}
