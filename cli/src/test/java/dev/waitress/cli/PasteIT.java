package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.testkit.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example in Java, compiled against the jar and served as its ini file says. */
@Timeout(60)
class PasteIT {
    private static final Path EXAMPLES = Path.of(System.getProperty("waitress.root"), "examples");

    @TempDir
    private static Path classes;

    @BeforeAll
    static void compileTheExample() throws Exception {
        String javac = Path.of(System.getProperty("java.home"), "bin", "javac").toString();
        String source = EXAMPLES.resolve("Greeting.java").toString();
        Process compiler = new ProcessBuilder(
                        javac, "-d", classes.toString(), "-cp", System.getProperty("waitress.jar"), source)
                .inheritIO()
                .start();
        assertThat(compiler.waitFor()).isZero();
    }

    private static Command start(Path file, String... arguments) throws IOException {
        String[] all = new String[arguments.length + 1];
        all[0] = "--paste=" + file;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Command.start(Map.of("CLASSPATH", classes.toString()), all);
    }

    /** The example with something in it replaced. */
    private static Path changed(String before, String after) throws IOException {
        String text = Files.readString(EXAMPLES.resolve("greeting.ini"));
        assertThat(text).contains(before);
        return Files.writeString(classes.resolve("changed.ini"), text.replace(before, after));
    }

    @Test
    void servesAFilteredComposite() throws Exception {
        try (Command command = start(EXAMPLES.resolve("greeting.ini"), "--listen=127.0.0.1:0", "more=Kyiv");
                Client client = command.connect()) {
            Client.Answer answer = client.ask("/en").receive();
            assertThat(answer.body()).isEqualTo("Good morning from " + EXAMPLES.toRealPath() + "\n");
            assertThat(answer.head()).contains("\r\nX-Stamp: served by Java\r\n");
            assertThat(client.ask("/de/x").receive().body()).startsWith("Guten Morgen from ");
            assertThat(client.ask("/").receive().body()).startsWith("Good morning from ");
            assertThat(command.stop()).isZero();
            assertThat(command.log().lines())
                    .containsExactlyInAnyOrder(
                            "Starting server in PID " + command.pid() + ".",
                            "INFO:waitress:Serving on http://127.0.0.1:" + command.port());
        }
    }

    @Test
    void saysNothingAtTheStartWithoutALoggerSection() throws Exception {
        try (Command command = start(changed("level = INFO", ""), "--listen=127.0.0.1:0")) {
            command.awaitLog(Pattern.compile("Starting server in PID"));
            assertThat(command.stop()).isZero();
            assertThat(command.log()).doesNotContain("Serving on");
        }
    }

    @Test
    void refusesAPartOfPython() throws Exception {
        try (Command command = start(changed("class:Greeting$Stamp", "egg:Paste#translogger"))) {
            assertThat(command.await()).isEqualTo(1);
            assertThat(command.log()).startsWith("Error: one application cannot be of Java and of Python: ");
        }
    }

    @Test
    void refusesAnUnknownLevel() throws Exception {
        try (Command command = start(changed("level = INFO", "level = LOUD"))) {
            assertThat(command.await()).isEqualTo(1);
            assertThat(command.log()).startsWith("Error: Unknown level: 'LOUD'");
        }
    }
}
