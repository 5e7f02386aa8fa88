package dev.waitress.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http2.Wire;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way to have much done for little, and where it ends. docs/security.md names them. */
class Http2AttacksTest {
    private static final String CALM = " ENHANCE_YOUR_CALM ";
    private static final int MOST_STREAMS = 100;
    private static final int MOST_RESETS = 200;

    private Http2Client client;

    @BeforeEach
    void connect() throws IOException {
        client = new Http2Client();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
    }

    private boolean isOpen() {
        return client.stage.connection.isOpen();
    }

    /** CVE-2023-44487: applications that run count, whoever waits for them. */
    @Test
    void rapidResetStartsNoMoreThanMayRunAtOnce() {
        for (int id = 1; id < 20_000 && isOpen(); id += 2) {
            client.send(new Wire().get(id, "/").frame(3, 0, id, Wire.number(8)));
        }
        assertThat(client.stage.requests).hasSize(MOST_STREAMS);
        assertThat(client.fault()).contains(CALM);
    }

    @Test
    void rapidResetEndsWhereApplicationsAreQuickToo() {
        for (int id = 1; id < 20_000 && isOpen(); id += 2) {
            client.send(new Wire().get(id, "/").frame(3, 0, id, Wire.number(8)));
            client.stage.responses.get(client.stage.responses.size() - 1).end();
        }
        assertThat(client.stage.requests).hasSize(MOST_RESETS + 1);
        assertThat(client.fault()).contains(CALM);
    }

    @Test
    void refusalsDoNotMakeUpForResets() {
        for (int id = 1; id < 20_000 && isOpen(); id += 4) {
            client.send(new Wire()
                    .get(id, "/")
                    .frame(3, 0, id, Wire.number(8))
                    .headers(id + 2, true, ":method", "GET", ":scheme", "http", ":path", "/"));
            client.stage.responses.get(client.stage.responses.size() - 1).end();
        }
        assertThat(client.stage.requests).hasSize(MOST_RESETS + 1);
    }

    /** CVE-2025-8671: it is us who reset, because the client breaks rules. */
    @ParameterizedTest
    @ValueSource(
            strings = {"window of nothing", "window too large", "data behind the end", "priority of the wrong size"})
    void beingMadeToResetIsBoundedAlike(String way) {
        for (int id = 1; id < 20_000 && isOpen(); id += 2) {
            Wire wire = new Wire().get(id, "/");
            switch (way) {
                case "window of nothing" -> wire.frame(8, 0, id, Wire.number(0));
                case "window too large" -> wire.frame(8, 0, id, Wire.number(Integer.MAX_VALUE));
                case "data behind the end" -> wire.data(id, false, "x");
                default -> wire.frame(2, 0, id, "x");
            }
            client.send(wire);
        }
        assertThat(client.stage.requests).hasSize(MOST_STREAMS);
        assertThat(client.fault()).contains(CALM);
    }

    @Test
    void aClientThatChangesItsMindNowAndThenIsServed() {
        for (int id = 1; id < 4000; id += 4) {
            client.send(new Wire().get(id, "/").frame(3, 0, id, Wire.number(8)).get(id + 2, "/"));
            client.stage.responses.get(client.stage.responses.size() - 2).end();
            client.answer(client.stage.responses.size() - 1, "x");
        }
        assertThat(isOpen()).isTrue();
        assertThat(client.stage.requests).hasSize(2000);
    }

    @Test
    void moreStreamsThanMayBeAreTurnedAway() {
        Wire wire = new Wire();
        for (int id = 1; id <= 2 * MOST_STREAMS + 1; id += 2) {
            wire.get(id, "/");
        }
        client.send(wire);
        assertThat(client.stage.requests).hasSize(MOST_STREAMS);
        assertThat(client.receive()).containsExactly("201 RST_STREAM REFUSED_STREAM");
        client.answer(0, "x");
        client.send(new Wire().get(203, "/later"));
        assertThat(client.stage.targets()).contains("/later");
    }

    @Test
    void aBlockThatIsContinuedWithoutEndIsNotKept() {
        Wire wire = new Wire().frame(1, 0, 1, "x".repeat(16_000));
        for (int i = 0; i < 20; i++) {
            wire.frame(9, 0, 1, "x".repeat(16_000));
        }
        client.send(wire);
        assertThat(client.fault()).contains(CALM + "a field block of more than 262144 bytes");
    }

    @Test
    void whatHasComeOfABlockIsCountedInTheMemoryForAllClients() {
        for (int others = 0; others < 22; others++) {
            client.stage.loop.memory.resize(0, 16 * 1024);
        }
        client.send(new Wire().frame(1, 0, 1, "x".repeat(16_000)));
        for (int i = 0; i < 12; i++) {
            client.send(new Wire().frame(9, 0, 1, "x".repeat(16_000)));
        }
        assertThat(client.fault()).contains(" INTERNAL_ERROR the server is short of memory");
        client.stage.connection.close();
        assertThat(client.stage.loop.memory.held()).isEqualTo(22 * 16 * 1024);
    }

    @Test
    void aBlockThatTakesTooLongEndsTheConnection() {
        client.send(new Wire().frame(1, 0, 1, "x"));
        for (int second = 0; second < 29; second++) {
            client.stage.loop.pass(TimeUnit.SECONDS.toNanos(1));
            client.send(new Wire().frame(9, 0, 1, "x"));
            client.stage.connection.enforceDeadlines(client.stage.loop.nowNanos());
        }
        assertThat(isOpen()).isTrue();
        client.stage.loop.pass(TimeUnit.SECONDS.toNanos(2));
        client.stage.connection.enforceDeadlines(client.stage.loop.nowNanos());
        assertThat(client.fault()).contains(CALM);
    }

    /** Few bytes that stand for many: one large field, and references to it. */
    @Test
    void aBombIsRefusedAndALargerOneEndsTheConnection() {
        String seed = "@\1k" + (char) 0x7f + (char) 0xa1 + (char) 0x1e + "v".repeat(4000);
        String[] get = {":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a"};
        client.send(new Wire().frame(1, 5, 1, Wire.block(get) + seed + "\u00be".repeat(100)));
        assertThat(client.answers().get(0)).isEqualTo("1 HEADERS :status: 431");
        client.send(new Wire().frame(1, 5, 3, Wire.block(get) + "\u00be".repeat(10_000)));
        assertThat(client.fault()).contains(CALM);
        assertThat(client.stage.requests).isEmpty();
    }

    @Test
    void tooManyFieldsAreRefused() {
        String many = Wire.block(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a")
                + Wire.block("a", "").repeat(1000);
        client.send(new Wire().frame(1, 5, 1, many));
        assertThat(client.answers().get(0)).isEqualTo("1 HEADERS :status: 431");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 6, 8, 99})
    void framesThatAskForNothingAreCounted(int type) {
        String payload = switch (type) {
            case 2 -> Wire.number(1) + "\0";
            case 4 -> "\0\4" + Wire.number(70_000);
            case 6 -> "12345678";
            case 8 -> Wire.number(1);
            default -> "";
        };
        Wire wire = new Wire();
        for (int i = 0; i < 1001; i++) {
            wire.frame(type, 0, type == 2 ? 3 : 0, payload);
        }
        client.send(wire);
        assertThat(client.fault()).contains(CALM);
    }

    @Test
    void dataWithoutDataIsCounted() {
        Wire wire = new Wire().headers(1, false, ":method", "POST", ":scheme", "http", ":path", "/", ":authority", "a");
        for (int i = 0; i < 1001; i++) {
            wire.data(1, false, "");
        }
        client.send(wire);
        assertThat(client.fault()).contains(CALM);
    }

    @Test
    void aClientThatAsksNowAndThenWhetherWeLiveIsAnswered() {
        for (int second = 0; second < 5000; second++) {
            client.send(new Wire().frame(6, 0, 0, "12345678"));
            client.stage.loop.pass(TimeUnit.SECONDS.toNanos(1));
            client.stage.connection.enforceDeadlines(client.stage.loop.nowNanos());
        }
        assertThat(isOpen()).isTrue();
    }

    @Test
    void answersThatAreNeverReadEndTheConnection() {
        client.stage.client.roomFor(0);
        for (int i = 0; i < 10_000 && isOpen(); i++) {
            client.send(new Wire().frame(6, 0, 0, "12345678"));
            if (i % 2 == 0) {
                client.stage.connection.enforceDeadlines(client.stage.loop.nowNanos());
            }
        }
        client.stage.client.makeRoom(1 << 20);
        assertThat(client.fault()).contains(CALM + "answers that are never read");
    }

    @Test
    void headsThatAreNeverReadEndTheConnection() {
        client.stage.client.roomFor(0);
        for (int id = 1; id < 600_000; id += 2) {
            client.send(new Wire().get(id, "/"));
            if (!isOpen()) {
                break;
            }
            client.stage.responses.get(client.stage.responses.size() - 1).send(Stage.head("200 OK"), new byte[0], 0, 0);
            client.stage.loop.turn();
            client.stage.responses.clear();
            client.stage.requests.clear();
        }
        assertThat(isOpen()).isFalse();
        client.stage.client.makeRoom(1 << 24);
        assertThat(client.fault()).contains(CALM + "answers that are never read");
    }

    /** They are bound by their number, but a client may have many connections. */
    @Test
    void whatAStreamTakesCountsBesideItsHead() {
        long before = client.stage.loop.memory.held();
        Wire wire = new Wire();
        for (int id = 1; id < 2 * MOST_STREAMS; id += 2) {
            wire.headers(id, false, ":method", "POST", ":scheme", "http", ":path", "/", ":authority", "a");
        }
        client.send(wire);
        assertThat(client.stage.loop.memory.held() - before).isGreaterThan(MOST_STREAMS * 1024L);
    }

    @Test
    void whatAStreamTakesCountsUntilItsAnswerHasLeft() {
        client.send(new Wire().frame(4, 0, 0, "\0\4" + Wire.number(0)));
        long before = client.stage.loop.memory.held();
        client.send(new Wire().get(1, "/"));
        client.answer(0, "x");
        assertThat(client.stage.loop.memory.held() - before).isGreaterThanOrEqualTo(1024 + 256);
        client.send(new Wire().frame(8, 0, 1, Wire.number(1)));
        assertThat(client.stage.loop.memory.held()).isEqualTo(before);
    }

    /** A window that is opened by a byte at a time costs us a frame for each. */
    @Test
    void windowsOfOneByteAreCounted() {
        client.send(new Wire().frame(4, 0, 0, "\0\4" + Wire.number(0)).get(1, "/"));
        client.answer(0, "x".repeat(100_000));
        for (int i = 0; i < 5000 && isOpen(); i++) {
            client.send(new Wire().frame(8, 0, 1, Wire.number(1)));
        }
        assertThat(client.fault()).contains(CALM);
    }

    /** All of it comes at once, so that the stream has just got its turn to send when the connection ends. */
    @Test
    void theConnectionEndsAlsoWhereAnAnswerCouldGoOn() {
        client.send(new Wire().frame(4, 0, 0, "\0\4" + Wire.number(0)).get(1, "/"));
        client.answer(0, "x".repeat(100_000));
        Wire wire = new Wire();
        for (int i = 0; i < 1500; i++) {
            wire.frame(8, 0, 1, Wire.number(1));
        }
        client.send(wire);
        assertThat(client.fault()).contains(CALM);
        assertThat(client.stage.client.end()).isEqualTo("shut");
    }

    @Test
    void windowsThatAreTooLargeEndTheConnection() {
        client.send(new Wire().frame(8, 0, 0, Wire.number(Integer.MAX_VALUE)));
        assertThat(client.fault()).contains(" FLOW_CONTROL_ERROR ");
    }

    @Test
    void settingsThatMakeWindowsTooLargeEndTheConnection() {
        client.send(new Wire()
                .get(1, "/")
                .frame(8, 0, 1, Wire.number(1 << 30))
                .frame(4, 0, 0, "\0\4" + Wire.number(Integer.MAX_VALUE)));
        assertThat(client.fault()).contains(" FLOW_CONTROL_ERROR ");
    }

    @Test
    void moreThanTheWindowsOfAStreamEndsIt() {
        Wire wire = new Wire().headers(1, false, ":method", "POST", ":scheme", "http", ":path", "/", ":authority", "a");
        client.send(wire.frame(3, 0, 1, Wire.number(0)));
        client.send(new Wire()
                .headers(3, false, ":method", "POST", ":scheme", "http", ":path", "/", ":authority", "a")
                .data(3, false, "x"));
        assertThat(isOpen()).isTrue();
    }

    /** Nothing of what would split a head in HTTP/1, or hide in it, comes to an application. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a:\rb",
                "a:\nb",
                "a:\0b",
                "A:b",
                "a b:c",
                ":c:d",
                ":method:GET",
                ":protocol:websocket",
                "a: b",
                "a:b ",
                "connection:close",
                "keep-alive:1",
                "proxy-connection:1",
                "transfer-encoding:chunked",
                "upgrade:h2c",
                "te:gzip",
                "host:other",
                "content-length:5"
            })
    void whatWouldBeSomethingElseInHttp1IsMalformed(String field) {
        int colon = field.indexOf(':', 1);
        client.send(new Wire()
                .headers(
                        1,
                        true,
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":path",
                        "/",
                        ":authority",
                        "a",
                        field.substring(0, colon),
                        field.substring(colon + 1)));
        assertThat(client.receive()).containsExactly("1 RST_STREAM PROTOCOL_ERROR");
        assertThat(client.stage.requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/ b", "/#a", "http://a/", "a", "*", "/\u00e9"})
    void targetsThatHttp1RefusesAreRefused(String path) {
        client.send(new Wire().headers(1, true, ":method", "GET", ":scheme", "http", ":path", path, ":authority", "a"));
        List<String> answers = client.answers();
        assertThat(answers.get(0)).isEqualTo(path.isEmpty() ? "1 RST_STREAM PROTOCOL_ERROR" : "1 HEADERS :status: 400");
        assertThat(client.stage.requests).isEmpty();
    }
}
