package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.testkit.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PythonWorkersIT {
    private static List<Client> ask(Command server, int clients, String path) throws IOException, InterruptedException {
        List<Client> asking = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            asking.add(server.connect().ask(path));
        }
        return asking;
    }

    /** Lets a worker hang; returns its process id once it does. */
    private static long hang(Command server, Client client) throws IOException, InterruptedException {
        client.ask("/hang");
        return Long.parseLong(
                server.awaitLog(Pattern.compile("^process (\\d+) hangs")).group(1));
    }

    @Nested
    class ABlockedRequest {
        @Test
        void delaysNobodyWhileAThreadIsIdle() throws Exception {
            try (Command server = Command.serve("--threads=4")) {
                // The first three wait; what sets them free must run on the fourth thread.
                List<Client> blocked = ask(server, 3, "/wait/a");
                assertThat(Client.get(server.port(), "/await/a").body()).isEqualTo("it waits");
                for (int i = 0; i < 50; i++) {
                    assertThat(Client.get(server.port(), "/pid").status()).isEqualTo(200);
                }
                assertThat(Client.get(server.port(), "/set/a").body()).isEqualTo("set");
                for (Client client : blocked) {
                    assertThat(client.receive().body()).isEqualTo("waited");
                }
                assertThat(server.stop()).isZero();
            }
        }

        @Test
        void letsThoseThatCameWithItThrough() throws Exception {
            try (Command server = Command.serve("--threads=2");
                    Client first = server.connect();
                    Client second = server.connect()) {
                first.ask("/wait/b");
                second.ask("/set/b");
                assertThat(second.receive().body()).isEqualTo("set");
                assertThat(first.receive().body()).isEqualTo("waited");
                assertThat(server.stop()).isZero();
            }
        }

        @Test
        void isToldOfWithAllThatWaitForAThread() throws Exception {
            try (Command server = Command.serve("--threads=1");
                    Client running = server.connect()) {
                hang(server, running);
                ask(server, 1, "/pid");
                server.awaitLog(Pattern.compile("^WARNING:waitress.queue:Task queue depth is 1$"));
                ask(server, 1, "/pid");
                server.awaitLog(Pattern.compile("^WARNING:waitress.queue:Task queue depth is 2$"));
            }
        }

        @Test
        void handsWhatWaitsBehindItToAnotherWorker() throws Exception {
            try (Command server = Command.serve("--threads=1", "--workers=2");
                    Client running = server.connect()) {
                long pid = hang(server, running);
                List<Client> others = ask(server, 20, "/pid");
                for (Client client : others) {
                    assertThat(client.receive().body()).isNotEqualTo(String.valueOf(pid));
                }
            }
        }
    }

    @Nested
    class AWorkerThatDies {
        @Test
        void losesTheRequestsThatItRanAndNoOthers() throws Exception {
            try (Command server = Command.serve("--threads=1", "--no-retry-idempotent");
                    Client running = server.connect()) {
                long pid = hang(server, running);
                List<Client> waiting = ask(server, 8, "/pid");
                Command.kill("KILL", pid);
                Client.Answer lost = running.receive();
                assertThat(lost.status()).isEqualTo(502);
                assertThat(lost.head()).contains("\r\nConnection: close\r\n");
                for (Client client : waiting) {
                    assertThat(client.receive().body()).matches("\\d+").isNotEqualTo(String.valueOf(pid));
                }
                server.awaitLog(Pattern.compile("worker " + pid + " was killed by signal 9"));
                server.awaitLog(
                        Pattern.compile(
                                "worker " + pid
                                        + " was lost while it ran 1 request, answered with 502: what was done there may have taken effect"));
                server.awaitLog(Pattern.compile("worker \\d+ started"));
                assertThat(server.stop()).isZero();
            }
        }

        @Test
        void isReplacedUnderLoad() throws Exception {
            try (Command server = Command.serve("--threads=2")) {
                for (int round = 0; round < 3; round++) {
                    List<Client> load = ask(server, 30, "/pid");
                    Client crashing = server.connect().ask("/crash");
                    for (Client client : load) {
                        assertThat(client.receive().status()).isIn(200, 502);
                    }
                    assertThat(crashing.receive().status()).isEqualTo(502);
                    assertThat(Client.get(server.port(), "/pid").status()).isEqualTo(200);
                }
                assertThat(server.stop()).isZero();
            }
        }
    }

    @Nested
    class AnApplicationThatCannotBeLoadedAgain {
        @TempDir
        private Path folder;

        /** Loads as long as there is no file of the name "broken" beside it. */
        private Path writeModule() throws IOException {
            Files.writeString(folder.resolve("fragile.py"), """
                    import os
                    if os.path.exists(os.path.join(os.path.dirname(__file__), "broken")):
                        raise ValueError("half deployed")
                    from stages import app
                    """);
            return folder.resolve("broken");
        }

        private Command serve(String... options) throws IOException, InterruptedException {
            List<String> arguments = new ArrayList<>(List.of(options));
            arguments.addAll(List.of("--listen=127.0.0.1:0", "--threads=1", "fragile:app"));
            Command command = Command.start(Map.of("PYTHONPATH", folder.toString()), arguments.toArray(String[]::new));
            command.port();
            return command;
        }

        @Test
        void isAnsweredWith503UntilItCan() throws Exception {
            Path broken = writeModule();
            try (Command server = serve("--no-retry-idempotent");
                    Client running = server.connect()) {
                long pid = hang(server, running);
                Client waiting = server.connect().ask("/pid");
                Files.createFile(broken);
                Command.kill("KILL", pid);
                assertThat(running.receive().status()).isEqualTo(502);
                for (Client client : List.of(waiting, server.connect().ask("/pid"))) {
                    Client.Answer refused = client.receive();
                    assertThat(refused.status()).isEqualTo(503);
                    assertThat(refused.body()).contains("The application could not be loaded.");
                }
                server.awaitLog(Pattern.compile("worker \\d+ cannot load the application"));
                server.awaitLog(Pattern.compile("ValueError: half deployed"));
                Files.delete(broken);
                server.awaitLog(Pattern.compile("INFO:waitress:The application can be loaded again"));
                assertThat(Client.get(server.port(), "/pid").status()).isEqualTo(200);
                assertThat(server.stop()).isZero();
            }
        }

        @Test
        void isNoConcernOfTheWorkersThatAreLeft() throws Exception {
            Path broken = writeModule();
            try (Command server = serve("--workers=2")) {
                Files.createFile(broken);
                Command.kill(
                        "KILL", Long.parseLong(Client.get(server.port(), "/pid").body()));
                server.awaitLog(Pattern.compile("ValueError: half deployed"));
                for (int i = 0; i < 20; i++) {
                    assertThat(Client.get(server.port(), "/pid").status()).isEqualTo(200);
                }
                assertThat(server.stop()).isZero();
            }
        }
    }

    @Nested
    class AnApplicationThatFails {
        @Test
        void isAnsweredWith500AndLogged() throws Exception {
            try (Command server = Command.serve()) {
                assertThat(Client.get(server.port(), "/nonsense").status()).isEqualTo(500);
                server.awaitLog(Pattern.compile("ERROR:waitress:Exception while serving /nonsense"));
                server.awaitLog(Pattern.compile("KeyError: '_nonsense'"));
                assertThat(Client.get(server.port(), "/exit").status()).isEqualTo(500);
                assertThat(Client.get(server.port(), "/pid").status()).isEqualTo(200);
                assertThat(server.stop()).isZero();
            }
        }

        @Test
        void afterItsHeadCutsTheConnection() throws Exception {
            try (Command server = Command.serve();
                    Client client = server.connect().ask("/raise_late")) {
                assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
                assertThat(client.chunk()).isEqualTo("first");
                assertThat(client.isClosed()).isTrue();
            }
        }
    }

    @Test
    void aStreamedBlockIsThereBeforeTheNextIsMade() throws Exception {
        try (Command server = Command.serve("--threads=2");
                Client reader = server.connect().ask("/stream/s")) {
            for (int i = 0; i < 3; i++) {
                assertThat(Client.get(server.port(), "/set/s-" + i).body()).isEqualTo("set");
                if (i == 0) {
                    assertThat(reader.head()).contains("Transfer-Encoding: chunked");
                }
                assertThat(reader.chunk()).isEqualTo("block " + i + "\n");
            }
            assertThat(reader.chunk()).isEmpty();
            assertThat(reader.ask("/pid").receive().status()).isEqualTo(200);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        try (Command server = Command.serve();
                Client client = server.connect()) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 25; i++) {
                all.append("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n")
                        .append((char) ('a' + i))
                        .append('!');
            }
            client.send(all.toString());
            for (int i = 0; i < 25; i++) {
                assertThat(client.receive().body()).isEqualTo((char) ('a' + i) + "!");
            }
        }
    }

    @Test
    void aClientThatClosesItsSideStillGetsItsAnswer() throws Exception {
        try (Command server = Command.serve();
                Client client = server.connect().ask("/pid")) {
            client.endOutput();
            assertThat(client.receive().status()).isEqualTo(200);
            assertThat(client.isClosed()).isTrue();
        }
    }

    @Test
    void aRefusedRequestIsAnsweredAndTheConnectionClosed() throws Exception {
        try (Command server = Command.serve();
                Client client = server.connect()) {
            client.send("GET / HTTP/1.1\r\nX A\r\n\r\nGET /pid HTTP/1.1\r\nHost: a\r\n\r\n");
            Client.Answer answer = client.receive();
            assertThat(answer.head())
                    .matches(
                            "(?s)HTTP/1\\.0 400 Bad Request\r\nConnection: close\r\nContent-Length: 56\r\n"
                                    + "Content-Type: text/plain; charset=utf-8\r\nDate: [^\r]+ GMT\r\nServer: waitress\r\n\r\n");
            assertThat(answer.body()).isEqualTo("Bad Request\r\n\r\nInvalid header\r\n\r\n(generated by waitress)");
            assertThat(client.isClosed()).isTrue();
        }
    }
}
