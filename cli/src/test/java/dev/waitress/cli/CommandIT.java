package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.testkit.Client;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CommandIT {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nomod:app | Error: Cannot import WSGI application 'nomod:app': No module named 'nomod'",
                "stages:nope | Error: Cannot import WSGI application 'stages:nope': module 'stages' has no attribute 'nope'",
                ":app | Error: Cannot import WSGI application ':app': invalid format: ':app'",
                "stages:not_callable | Error: WSGI application 'stages:not_callable' is not callable: 7",
                "broken_import:app | Error: Cannot import WSGI application 'broken_import:app': No module named 'no_such_module_at_all'",
                "--python=no-such-python stages:app | Error: Cannot run program \"no-such-python\"",
                "--python=true stages:app | Error: Python (true) ended with status 0 before it had loaded the application",
                "--port=x stages:app | Error: --port: must be a whole number from 0 to 65535, got 'x'",
                "--listen=a --port=1 stages:app | Error: host or port may not be set if listen is set.",
                "--app-class=no.Such | Error: class no.Such is not on the class path (set CLASSPATH)",
                "--app-class=java.lang.String | Error: class java.lang.String does not implement dev.waitress.wsgi.Application",
                "--listen=8080 stages:app | Error: Invalid host/port specified: '8080' has no host",
                "--listen=stdin stages:app | Error: listen: standard input is not a listening socket",
                "--unix-socket=no/such/app.sock stages:app | Error: cannot listen on unix:no/such/app.sock: no such directory",
            })
    void saysInOneLineWhyItCannotServe(String arguments, String message) throws Exception {
        try (Command command = Command.start(arguments.split(" "))) {
            assertThat(command.await()).isEqualTo(1);
            assertThat(command.log().lines().findFirst().orElse("")).startsWith(message);
        }
    }

    @Test
    void showsTheApplicationsOwnTracebackOnly() throws Exception {
        try (Command command = Command.start("broken_syntax:app")) {
            assertThat(command.await()).isEqualTo(1);
            assertThat(command.log())
                    .contains("SyntaxError")
                    .doesNotContain("importlib")
                    .doesNotContain("Error: Cannot");
        }
        try (Command command = Command.start("--call", "stages:app")) {
            assertThat(command.await()).isEqualTo(1);
            assertThat(command.log()).contains("TypeError").doesNotContain("waitress_worker/application.py");
        }
    }

    @Test
    void endsAsTheApplicationWants() throws Exception {
        try (Command command = Command.start("exits:app")) {
            assertThat(command.await()).isEqualTo(5);
            assertThat(command.log()).isEmpty();
        }
    }

    @Test
    void checksWithoutListening() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String listen = "--listen=127.0.0.1:" + taken.getLocalPort();
            try (Command command = Command.start("--check", listen, "stages:app")) {
                assertThat(command.await()).isZero();
                assertThat(command.log()).isEqualTo("OK: stages:app can be served");
            }
        }
        try (Command command = Command.start("--check", "--listen=:80", "stages:app")) {
            assertThat(command.await()).isEqualTo(1);
            assertThat(command.log())
                    .isEqualTo("Error: Invalid host/port specified: ':80' has no host; did you mean '0.0.0.0:80'?");
        }
        try (Command command = Command.start("--check", "stages:nope")) {
            assertThat(command.await()).isEqualTo(1);
        }
    }

    @Test
    void takesSettingsFromTheEnvironment() throws Exception {
        Map<String, String> environment = Map.of("PORT", "0", "WEB_CONCURRENCY", "2", "WAITRESS_HOST", "127.0.0.1");
        try (Command command = Command.start(environment, "--send-bytes=1", "stages:app")) {
            assertThat(Client.get(command.port(), "/pid").status()).isEqualTo(200);
            assertThat(command.descendants()).hasSize(2);
            assertThat(command.stop()).isZero();
            assertThat(command.log()).startsWith("WARNING:waitress:send_bytes will be removed in a future release");
        }
    }

    @Test
    void namesTheAddressThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0);
                Command command = Command.start("--listen=127.0.0.1:" + taken.getLocalPort(), "stages:app")) {
            assertThat(command.await()).isEqualTo(1);
            assertThat(command.log())
                    .isEqualTo(
                            "Error: cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": Address already in use");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stages.app", "stages:Holder.inner", "--app=stages:app", "--call stages:make_app"})
    void findsTheApplication(String arguments) throws Exception {
        try (Command command = Command.start(("--listen=127.0.0.1:0 " + arguments).split(" "))) {
            assertThat(Client.get(command.port(), "/pid").status()).isEqualTo(200);
            assertThat(command.stop()).isZero();
        }
    }

    @Test
    void listensWhereItIsToldAndSaysSo() throws Exception {
        try (Command command = Command.start("--listen=127.0.0.1:0 localhost:0", "--listen=[::1]:0", "stages:app")) {
            command.awaitLog(Pattern.compile("^INFO:waitress:Serving on http://\\[::1]:\\d+$"));
            assertThat(Client.get(command.port(), "/pid").status()).isEqualTo(200);
            assertThat(command.stop()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 15", "INT, 2"})
    void answersWhatItHasReceivedBeforeItEnds(String signal, int number) throws Exception {
        Command.assumeHeard(number);
        try (Command command = Command.serve("--threads=2");
                Client idle = command.connect();
                Client running = command.connect()) {
            idle.ask("/pid").receive();
            running.ask("/wait/x");
            Client.get(command.port(), "/await/x");
            Client free = command.connect().send("GET /set/x HTTP/1.1\r\nHost: a\r\n");
            command.signal(signal);
            assertThat(idle.isClosed()).isTrue();
            // A request that had begun to arrive is served too; it lets the other one go.
            assertThat(free.send("\r\n").receive().head()).contains("\r\nConnection: close\r\n");
            assertThat(running.receive().body()).isEqualTo("waited");
            assertThat(running.isClosed()).isTrue();
            assertThat(command.await()).isZero();
        }
    }

    @Test
    void endsAtTheSecondSignalAtOnce() throws Exception {
        try (Command command = Command.serve();
                Client running = command.connect().ask("/wait/forever")) {
            Client.get(command.port(), "/await/forever");
            var workers = command.descendants();
            command.signal("TERM");
            awaitNoListener(command); // two signals that wait at once would be one
            command.signal("TERM");
            // The front may just see that the worker is gone before it goes itself.
            assertThat(running.rest()).matches("(?s)|HTTP/1.1 502 .*");
            awaitEnd(workers);
            assertThat(command.await()).isEqualTo(128 + 15);
        }
    }

    @Test
    void cutsWhatDoesNotEndInTime() throws Exception {
        try (Command command = Command.serve("--shutdown-timeout=0");
                Client running = command.connect().ask("/wait/forever")) {
            Client.get(command.port(), "/await/forever");
            assertThat(command.stop()).isZero();
            assertThat(running.isClosed()).isTrue();
        }
    }

    @Test
    void removesItsUnixSocketAndReplacesAStaleOne(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("app.sock");
        String option = "--unix-socket=" + socket;
        try (Command command = Command.start(option, "--unix-socket-perms=660", "stages:app")) {
            command.awaitLog(Pattern.compile("Serving on http://unix:" + socket));
            assertThat(Files.getPosixFilePermissions(socket)).hasSize(4);
            try (Command second = Command.start(option, "stages:app")) {
                assertThat(second.await()).isEqualTo(1);
                assertThat(second.log()).contains("Address already in use");
            }
            command.signal("KILL");
        }
        assertThat(socket).exists();
        try (Command command = Command.start(option, "stages:app")) {
            command.awaitLog(Pattern.compile("Serving on"));
            assertThat(command.stop()).isZero();
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void leavesNoOrphanWhenItIsKilled() throws Exception {
        try (Command command = Command.serve("--workers=2")) {
            var workers = command.descendants();
            assertThat(workers).hasSize(2);
            command.signal("KILL");
            awaitEnd(workers);
        }
    }

    private static void awaitNoListener(Command command) throws InterruptedException {
        while (true) {
            try {
                command.connect().close();
            } catch (IOException e) {
                return;
            }
        }
    }

    /** Workers whose front is gone end by themselves, a little later. */
    private static void awaitEnd(List<ProcessHandle> workers) throws Exception {
        for (ProcessHandle worker : workers) {
            worker.onExit().get();
        }
    }
}
