package dev.waitress.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.testkit.TlsClient;
import dev.waitress.tls.Encryption;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection that has to be encrypted, from its first byte to its last. */
class HandshakeTest {
    private static final String NEW = "TLSv1.3";
    private static final String OLD = "TLSv1.2";

    /** First byte of a record: what it holds. RFC 8446 §5.1. */
    private static final char ALERT = 0x15;

    private static final String HELLO_THAT_IS_NONE = "\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0000";

    private static int records(String bytes) {
        int count = 0;
        for (int at = 0; at < bytes.length(); at += 5 + (bytes.charAt(at + 3) << 8 | bytes.charAt(at + 4))) {
            count++;
        }
        return count;
    }

    @Nested
    class Served {
        @ParameterizedTest
        @ValueSource(strings = {OLD, NEW})
        void isARequest(String version) throws Exception {
            try (TlsStage stage = new TlsStage()) {
                TlsClient client = stage.shake(version);
                client.open(stage.wire.take());
                stage.send(client.seal(TlsStage.GET));
                stage.answer("hello");
                assertThat(client.open(stage.wire.take()))
                        .startsWith("HTTP/1.1 200 OK")
                        .endsWith("hello");
                assertThat(stage.peer().fact("SSL_PROTOCOL".getBytes(US_ASCII))).isEqualTo(version.getBytes(US_ASCII));
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {OLD, NEW})
        void isOneThatComesByteByByte(String version) throws Exception {
            try (TlsStage stage = new TlsStage()) {
                TlsClient client = new TlsClient(version);
                String bytes = client.shake("");
                while (stage.requests.isEmpty()) {
                    for (int i = 0; i < bytes.length(); i++) {
                        stage.send(bytes.substring(i, i + 1));
                    }
                    bytes = client.shake(stage.wire.take());
                    bytes = bytes.isEmpty() ? client.seal(TlsStage.GET) : bytes;
                }
                assertThat(stage.requests.get(0).head().targetText()).isEqualTo("/");
            }
        }

        @Test
        void isOneThatComesWithTheEndOfTheHandshake() throws Exception {
            try (TlsStage stage = new TlsStage()) {
                TlsClient client = new TlsClient(NEW);
                String last = stage.shakeAllButLast(client);
                stage.send(last + client.seal(TlsStage.GET));
                assertThat(stage.requests).hasSize(1);
            }
        }

        @Test
        void isItsEndAfterTheAnswer() throws Exception {
            try (TlsStage stage = new TlsStage()) {
                TlsClient client = stage.shake(NEW);
                stage.send(client.seal(TlsStage.GET) + client.end());
                stage.answer("hello");
                assertThat(client.open(stage.wire.take())).endsWith("hello");
                assertThat(client.hasSeenTheEnd()).isTrue();
                assertThat(stage.wire.end()).isEqualTo("closed");
            }
        }

        @Test
        void isNoEndWhereTheAnswerIsNotComplete() throws Exception {
            try (TlsStage stage = new TlsStage()) {
                TlsClient client = stage.shake(NEW);
                stage.send(client.seal("GET / HTTP/1.0\r\n\r\n"));
                stage.responses.get(0).start(Stage.head("200 OK"), -1);
                stage.responses.get(0).body("part".getBytes(ISO_8859_1), 0, 4);
                stage.responses.get(0).fail("");
                stage.settle();
                assertThat(client.open(stage.wire.take())).endsWith("part");
                assertThat(client.hasSeenTheEnd()).isFalse();
                assertThat(stage.wire.end()).isEqualTo("reset");
            }
        }
    }

    @Nested
    class Output {
        @Test
        void putsHeadAndBodyIntoOneRecord() throws Exception {
            try (TlsStage stage = new TlsStage()) {
                TlsClient client = stage.shake(NEW);
                client.open(stage.wire.take());
                stage.send(client.seal(TlsStage.GET));
                stage.answer("x".repeat(8000));
                assertThat(records(stage.wire.take())).isOne();
            }
        }

        @Test
        void waitsForRoom() throws Exception {
            String body = "0123456789".repeat(30_000);
            try (TlsStage stage = new TlsStage()) {
                TlsClient client = stage.shake(NEW);
                stage.send(client.seal(TlsStage.GET.replace("a\r\n", "a\r\nConnection: close\r\n")));
                stage.wire.roomFor(1000);
                stage.answer(body);
                StringBuilder got = new StringBuilder();
                while (stage.wire.end().equals("open")) {
                    assertThat(stage.wire.watched()).contains("w");
                    got.append(client.open(stage.wire.take()));
                    stage.wire.makeRoom(7001);
                    stage.settle();
                }
                got.append(client.open(stage.wire.take()));
                assertThat(got).hasSizeGreaterThan(body.length()).endsWith(body);
                assertThat(client.hasSeenTheEnd()).isTrue();
            }
        }

        /** Nothing is left over of what a client takes up. */
        @Test
        void givesAllMemoryBack() throws Exception {
            try (TlsStage stage = new TlsStage()) {
                TlsClient client = stage.shake(NEW);
                stage.send(client.seal(TlsStage.GET));
                stage.wire.roomFor(100);
                stage.answer("x".repeat(300_000));
                assertThat(stage.loop.memory.held()).isGreaterThan(16_384);
                stage.connection.close();
                assertThat(stage.loop.memory.held()).isLessThan(100_000); // the pool's
            }
        }
    }

    @Nested
    class Refused {
        @ParameterizedTest
        @ValueSource(strings = {"GET / HTTP/1.1\r\n", "get", "\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"})
        void isPlainHttpWithAWord(String sent) throws Exception {
            try (TlsStage stage = new TlsStage()) {
                stage.send(sent);
                assertThat(stage.wire.received())
                        .startsWith("HTTP/1.0 400 Bad Request\r\n")
                        .contains("This port speaks HTTPS");
                assertThat(stage.wire.end()).isEqualTo("shut");
            }
        }

        @Test
        void isWhateverElse() throws Exception {
            try (TlsStage stage = new TlsStage()) {
                stage.send("\0\1\2");
                assertThat(stage.wire.received()).isEmpty();
                assertThat(stage.wire.end()).isEqualTo("closed");
            }
        }

        @Test
        void isABrokenHandshakeWithAnAlert() throws Exception {
            try (LogCapture log = new LogCapture();
                    TlsStage stage = new TlsStage()) {
                stage.send(HELLO_THAT_IS_NONE);
                assertThat(stage.wire.received().charAt(0)).isEqualTo(ALERT);
                assertThat(stage.wire.end()).isEqualTo("shut");
                stage.send("what it sends on is not looked at");
                assertThat(stage.wire.end()).isEqualTo("shut");
                assertThat(log.lines()).noneMatch(line -> line.startsWith("ERROR") || line.startsWith("WARNING"));
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "\u0016", "\u0016\u0003\u0001\u0010\u0000\u0001"})
        void isOneThatDoesNotEnd(String begin) throws Exception {
            try (TlsStage stage = new TlsStage()) {
                stage.send(begin);
                stage.connection.enforceDeadlines(stage.loop.nowNanos() + TimeUnit.SECONDS.toNanos(10));
                assertThat(stage.wire.end()).isEqualTo("open");
                stage.connection.enforceDeadlines(stage.loop.nowNanos() + TimeUnit.MILLISECONDS.toNanos(10_001));
                assertThat(stage.wire.end()).isEqualTo("closed");
            }
        }

        @Test
        void isARecordThatSomebodyHasChanged() throws Exception {
            try (LogCapture log = new LogCapture();
                    TlsStage stage = new TlsStage()) {
                TlsClient client = stage.shake(NEW);
                String sealed = client.seal(TlsStage.GET);
                int last = sealed.length() - 1;
                stage.send(sealed.substring(0, last) + (char) (sealed.charAt(last) ^ 1));
                assertThat(stage.requests).isEmpty();
                assertThat(stage.wire.end()).isEqualTo("closed");
                assertThat(log.lines()).noneMatch(line -> line.startsWith("ERROR"));
            }
        }

        @Test
        void isAnotherHandshake() throws Exception {
            try (TlsStage stage = new TlsStage()) {
                TlsClient client = stage.shake(OLD);
                stage.send(client.renegotiate());
                assertThat(stage.tasks).isEmpty();
                assertThat(stage.wire.end()).isEqualTo("closed");
            }
        }

        @Test
        void areKeysThatChangeWithoutEnd() throws Exception {
            try (TlsStage stage = new TlsStage()) {
                TlsClient client = stage.shake(NEW);
                client.open(stage.wire.take());
                for (int i = 0; i < 10; i++) {
                    stage.send(client.update());
                    client.open(stage.wire.take());
                }
                stage.send(client.seal(TlsStage.GET));
                stage.answer("hello");
                assertThat(client.open(stage.wire.take())).endsWith("hello");
                for (int i = 0; i < 40 && stage.wire.end().equals("open"); i++) {
                    stage.send(client.update());
                    stage.wire.take();
                }
                assertThat(stage.wire.end()).isEqualTo("closed");
            }
        }

        @Test
        void isOneForWhichThereIsNoMemory() throws Exception {
            try (TlsStage stage = new TlsStage(10_000)) {
                stage.send(new TlsClient(NEW).shake(""));
                assertThat(stage.told).containsExactly("make room", "closed");
                assertThat(stage.loop.memory.held()).isZero();
            }
        }
    }

    /** The engine keeps what belongs to a message until that is whole. */
    @Test
    void takesMoreMemoryForWhatTheClientSendsMeanwhile() throws Exception {
        String record = "\u0016\u0003\u0001\u0010\u0000";
        try (TlsStage stage = new TlsStage(50_000)) {
            stage.send(record + "\u0001\u0000y\u0018" + "x".repeat(4092));
            assertThat(stage.loop.memory.held()).isEqualTo(11 * 1024 + 4101);
            for (int i = 0; i < 3; i++) {
                stage.send(record + "x".repeat(4096));
            }
            assertThat(stage.wire.end()).isEqualTo("shut");
            assertThat(stage.loop.memory.held()).isZero();
        }
    }

    /** It holds certificates of its own: the JDK reads them from the ticket. */
    @ParameterizedTest
    @ValueSource(strings = {OLD, NEW})
    void takesMoreMemoryWhereItResumes(String version) throws Exception {
        SSLContext clients = TlsClient.trusting();
        try (Encryption encryption = TlsStage.selfSigned()) {
            try (TlsStage stage = new TlsStage(20_000, encryption)) {
                stage.shake(new TlsClient(clients, version)).open(stage.wire.take());
                assertThat(stage.loop.memory.held()).isEqualTo(10 * 1024);
            }
            TimeUnit.MILLISECONDS.sleep(2); // a session of the same millisecond counts as a new one
            try (TlsStage stage = new TlsStage(20_000, encryption)) {
                TlsClient client = stage.shake(new TlsClient(clients, version));
                assertThat(stage.peer().fact("SSL_SESSION_RESUMED".getBytes(US_ASCII)))
                        .isEqualTo("Resumed".getBytes(US_ASCII));
                assertThat(stage.loop.memory.held()).isBetween(14 * 1024L, 16 * 1024L);
                stage.send(client.seal(TlsStage.GET));
                assertThat(stage.requests).hasSize(1);
            }
        }
    }

    @Test
    void doesNotUseThatOfAClientThatHasGone() throws Exception {
        try (TlsStage stage = new TlsStage()) {
            stage.wire.send(new TlsClient(NEW).shake(""));
            stage.loop.pass(0);
            assertThat(stage.tasks).hasSize(1);
            assertThat(stage.wire.watched()).isEmpty();
            stage.connection.close();
            stage.settle();
            assertThat(stage.told).containsExactly("closed");
            assertThat(stage.wire.received()).isEmpty();
        }
    }
}
