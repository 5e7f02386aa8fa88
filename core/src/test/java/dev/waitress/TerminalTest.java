package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalTest {
    @TempDir
    private Path directory;

    @Test
    void isGoneWhereItWasThere() throws IOException {
        Path device = Files.createFile(directory.resolve("tty"));
        Terminal terminal = new Terminal(device.toString());
        assertThat(terminal.isGone()).isFalse();
        Files.delete(device);
        assertThat(terminal.isGone()).isTrue();
    }

    @Test
    void isNotGoneWhereThereWasNone() {
        assertThat(new Terminal(directory.resolve("tty").toString()).isGone()).isFalse();
    }
}
