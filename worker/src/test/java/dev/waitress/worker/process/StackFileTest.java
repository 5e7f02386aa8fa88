package dev.waitress.worker.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.worker.fakes.FakeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisabledOnOs(OS.WINDOWS)
class StackFileTest {
    /** No process has such a number. */
    private static final long NOBODY = 999_999_999;

    private static final int USR1 = 10;

    @TempDir
    private Path directory;

    private StackFile stacks;

    @BeforeEach
    void make() {
        stacks = new StackFile(directory.resolve("stacks-1"));
    }

    private void writes(String text) throws IOException {
        Files.writeString(
                stacks.path(), text, StandardCharsets.ISO_8859_1, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void sendsTheSignalThatTheWorkerHasNamed() throws Exception {
        Process process = new ProcessBuilder("/bin/sleep", "600").start();
        try {
            writes(process.pid() + " " + USR1 + "\n");
            assertThat(stacks.ask(new FakeProcess(process.pid()))).isTrue();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(128 + USR1);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void cannotAskAWorkerThatHasNotSaidHow() {
        assertThat(stacks.ask(new FakeProcess(NOBODY))).isFalse();
        assertThat(stacks.answer()).isEmpty();
    }

    @Test
    void asksNoProcessButItsOwn() throws IOException {
        writes(NOBODY + " " + USR1 + "\n");
        assertThat(stacks.ask(new FakeProcess(7))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "999999999", "999999999 10", "-1 10\n", "999999999 10; id\n", " \n", "9999999999 10\n"})
    void asksNobodyWhereItSaysNonsense(String offer) throws IOException {
        writes(offer);
        assertThat(stacks.ask(new FakeProcess(NOBODY))).isFalse();
    }

    @Test
    void tellsWhatWasWrittenSinceItAsked() throws IOException {
        writes(NOBODY + " " + USR1 + "\n");
        writes("an earlier one\n");
        assertThat(stacks.ask(new FakeProcess(NOBODY))).isTrue();
        assertThat(stacks.answer()).isEmpty();
        writes("Thread 1:\n  File \"shop.py\"\n");
        assertThat(stacks.answer()).isEqualTo("Thread 1:\n  File \"shop.py\"");
    }

    @Test
    void tellsNoMoreThanALogTakes() throws IOException {
        writes(NOBODY + " " + USR1 + "\n");
        stacks.ask(new FakeProcess(NOBODY));
        writes("\u001b[2J\n");
        writes("x\n".repeat(1_000_000));
        assertThat(stacks.answer()).startsWith("\\x1b[2J\nx\n").hasSizeLessThanOrEqualTo(64 * 1024 + 3);
    }

    /** To open such a thing waits until somebody writes. */
    @Test
    void readsNothingButFiles() throws Exception {
        Process made = new ProcessBuilder("mkfifo", stacks.path().toString()).start();
        assertThat(made.waitFor()).isZero();
        assertThat(stacks.ask(new FakeProcess(NOBODY))).isFalse();
        assertThat(stacks.answer()).isEmpty();
    }

    @Test
    void isRemoved() throws IOException {
        stacks.remove();
        writes("7 10\n");
        stacks.remove();
        assertThat(stacks.path()).doesNotExist();
    }
}
