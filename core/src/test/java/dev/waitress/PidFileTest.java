package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PidFileTest {
    private static final String OURS = ProcessHandle.current().pid() + "\n";

    @TempDir
    Path folder = Path.of("");

    private Path path = Path.of("");

    @BeforeEach
    void name() {
        path = folder.resolve("shop.pid");
    }

    private PidFile file() throws IOException {
        return PidFile.of(Settings.defaults().with(Setting.PID_FILE, path.toString()));
    }

    @Test
    void isWrittenAndRemoved() throws IOException {
        PidFile file = file();
        assertThat(path).doesNotExist();
        file.write();
        assertThat(path).hasContent(OURS);
        file.remove();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void isNotWrittenWhereNobodyWantsIt() throws IOException {
        PidFile none = PidFile.of(Settings.defaults());
        none.write();
        none.remove();
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest(name = "of \"{0}\"")
    @ValueSource(strings = {"", "999999\n", "1"})
    void replacesThatOfAnOlderServer(String left) throws IOException {
        Files.writeString(path, left);
        file().write();
        assertThat(path).hasContent(OURS);
    }

    @Test
    void staysIfItIsOfAnotherServerMeanwhile() throws IOException {
        PidFile file = file();
        file.write();
        Files.writeString(path, "1\n");
        file.remove();
        assertThat(path).hasContent("1\n");
    }

    @Test
    void isNoLinkNorFolder() throws IOException {
        Path target = Files.writeString(folder.resolve("target"), "1\n");
        Files.createSymbolicLink(path, target);
        assertThatThrownBy(this::file).hasMessage("pid_file: " + path + " is no regular file");
        Files.delete(path);
        Files.createDirectory(path);
        assertThatThrownBy(this::file).hasMessage("pid_file: " + path + " is no regular file");
        assertThat(target).hasContent("1\n");
    }

    /** It may come there while the application is loaded. */
    @Test
    void isNoLinkWhenItIsWritten() throws IOException {
        PidFile file = file();
        Files.createSymbolicLink(path, folder.resolve("target"));
        assertThatThrownBy(file::write).hasMessage("pid_file: " + path + " is no regular file");
        file.remove();
        assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @Test
    void replacesNothingElse() throws IOException {
        Files.writeString(path, "root:x:0:0\n");
        assertThatThrownBy(this::file)
                .hasMessage("pid_file: " + path + " holds something else than the number of a process");
    }

    @Test
    void saysWhyItCouldNotBeWritten() {
        path = folder.resolve("missing").resolve("shop.pid");
        assertThatThrownBy(this::file).hasMessage("pid_file: cannot write " + path + ": no such directory");
    }

    /** Its folder may go while the application is loaded. */
    @Test
    void saysWhyItCannotBeWritten() throws IOException {
        path = Files.createDirectory(folder.resolve("gone")).resolve("shop.pid");
        PidFile file = file();
        Files.delete(folder.resolve("gone"));
        assertThatThrownBy(file::write).hasMessage("pid_file: cannot write " + path + ": no such directory");
    }
}
