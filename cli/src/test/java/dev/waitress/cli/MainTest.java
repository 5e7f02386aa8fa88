package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.StartResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
    /** What one run of the command came to. */
    private record Outcome(int status, String out, String err) {}

    private static Outcome run(Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = Main.run(List.of(arguments), environment, stream(out), stream(err));
        return new Outcome(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    @Test
    void helpsOnStandardOutput() {
        Outcome outcome = run(Map.of(), "--help", "m:a", "m:b");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).startsWith("Usage: ");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void saysItsVersion() {
        assertThat(run(Map.of(), "--version").out()).matches("waitress \\S+\\R");
    }

    @Test
    void pointsToTheHelpInOneLineWhenItIsUsedWrongly() {
        Outcome outcome = run(Map.of(), "--nope");
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err().lines())
                .containsExactly("Error: option --nope not recognized", "Try 'waitress-serve --help'.");
    }

    @Test
    void showsEverySettingAndWhereItComesFrom() {
        Outcome outcome = run(Map.of("PORT", "5000", "WAITRESS_THREADS", "8"), "--print-settings", "--no-ipv6");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "port = 5000 # PORT",
                        "listen = 0.0.0.0:5000",
                        "threads = 8 # WAITRESS_THREADS",
                        "ipv6 = false # --ipv6",
                        "unix_socket_perms = 600",
                        "url_prefix =");
        assertThat(run(Map.of(), "--print-settings", "--port=x").status()).isEqualTo(1);
    }

    @Test
    void refusesABadVariableInOneLine() {
        Outcome outcome = run(Map.of("WAITRESS_PORT", "tcp"), "m:a");
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err().lines())
                .containsExactly("Error: WAITRESS_PORT: must be a whole number from 0 to 65535, got 'tcp'");
    }

    @Test
    void asksWhatWasMeant() {
        assertThat(run(Map.of(), "--theads=3", "m:a").err().lines())
                .containsExactly(
                        "Error: option --theads not recognized",
                        "Did you mean --threads?",
                        "Try 'waitress-serve --help'.");
    }

    @Test
    void checksTheAccessLogToo(@TempDir Path folder) throws IOException {
        String application = "--app-class=" + Hello.class.getName();
        Path log = folder.resolve("access.log");
        assertThat(run(Map.of(), "--check", "--access-log=" + log, application).status())
                .isZero();
        assertThat(log).doesNotExist();
        Files.writeString(log, "kept");
        assertThat(run(Map.of(), "--check", "--access-log=" + log, application).status())
                .isZero();
        assertThat(log).hasContent("kept");
        assertThat(run(Map.of(), "--check", "--access-log=" + folder, application)
                        .err())
                .isEqualTo("Error: cannot open the access log: " + folder + " (Is a directory)\n");
        assertThat(run(Map.of(), "--check", "--access-log=" + folder + "/no/log", application)
                        .err())
                .isEqualTo("Error: cannot open the access log: " + folder + "/no/log (No such file or directory)\n");
        assertThat(run(Map.of(), "--check", "--access-log-format=%Q", application)
                        .err())
                .isEqualTo("Error: access_log_format: there is no %Q\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--pid-file=FOLDER/no/p | pid_file: cannot write FOLDER/no/p: no such directory",
                "--control-socket=FOLDER/no/c | cannot listen on unix:FOLDER/no/c: no such directory",
                "--unix-socket=FOLDER/no/s | cannot listen on unix:FOLDER/no/s: no such directory",
                "--control-socket=FOLDER/file | cannot listen on unix:FOLDER/file: Address already in use",
                "--unix-socket=FOLDER/file | cannot listen on unix:FOLDER/file: Address already in use",
            })
    void checksTheFilesThatItWouldMake(String option, String message, @TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("file"), "not a socket");
        String application = "--app-class=" + Hello.class.getName();
        assertThat(run(Map.of(), "--check", option.replace("FOLDER", folder.toString()), application)
                        .err())
                .isEqualTo("Error: " + message.replace("FOLDER", folder.toString()) + "\n");
        assertThat(folder).isDirectoryContaining("glob:**/file").isDirectoryNotContaining("glob:**/no");
    }

    @Test
    void checksBesideAServerThatHasItsSocket(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("s");
        try (ServerSocketChannel live = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            live.bind(UnixDomainSocketAddress.of(path));
            String application = "--app-class=" + Hello.class.getName();
            assertThat(run(Map.of(), "--check", "--control-socket=" + path, application)
                            .status())
                    .isZero();
            assertThat(path).exists();
        }
    }

    /** An application in Java. */
    public static final class Hello implements Application {
        @Override
        public Iterable<byte[]> call(Map<String, Object> environ, StartResponse startResponse) {
            return List.of();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--reload, reload: a Java application cannot be loaded again",
        "--reload-extra=x, reload_extra: a Java application cannot be loaded again",
        "--max-requests-jitter=5, max_requests_jitter: a Java application cannot be loaded again",
        "--startup-timeout=5, startup_timeout: a Java application has no worker processes",
        "--worker-timeout=5, worker_timeout: a Java application has no worker processes",
        "--no-retry-idempotent, retry_idempotent: a Java application has no worker processes"
    })
    void promisesNoJavaApplicationWhatOnlyWorkersHave(String option, String refusal) {
        Outcome outcome = run(Map.of(), option, "--app-class=" + Hello.class.getName());
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err().lines()).containsExactly("Error: " + refusal);
    }

    @Test
    void checksASettingBeforeItLoadsTheApplication() {
        assertThat(run(Map.of(), "--no-ipv4", "--no-ipv6", "m:a").err().lines())
                .containsExactly("Error: ipv4 and ipv6 may not both be off.");
    }
}
