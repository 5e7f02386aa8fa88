package dev.waitress.worker.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waitress.worker.fakes.FakeClient;
import dev.waitress.worker.fakes.ScriptedWorker;
import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker answers, what its client does meanwhile, and what the worker is told of it. */
class HeldRequestTest {
    private static final String CLIENT_LEFT = Protocol.GONE + " 1";
    private static final String FILE_SENT = Protocol.SENT + " 1";
    private static final int SLOT_BYTES = 4096;
    private static final Path MAPS = Path.of("/proc/self/maps");

    @TempDir
    private Path directory;

    private ScriptedWorker worker;
    private FakeClient client;

    @BeforeEach
    void ask() throws IOException {
        PoolFixture fixture = new PoolFixture(directory, 1);
        worker = fixture.serving(1);
        client = fixture.ask("/");
        fixture.turn();
    }

    private void says(int kind, int more, Consumer<MarshalWriter> items) {
        worker.requests().say(ScriptedWorker.list(ScriptedWorker.message(kind, 1, more, items)));
    }

    private void starts() {
        says(Protocol.START, 2, writer -> ScriptedWorker.head(writer, "200 OK"));
    }

    private void chunk(int count) {
        says(Protocol.CHUNK, 1, writer -> writer.blob(new byte[count], 0, count));
    }

    private void ends() {
        says(Protocol.END, 0, writer -> {});
    }

    private void names(Path file, int count) {
        says(Protocol.FILE, 3, writer -> {
            writer.text(file.toString());
            writer.integer(1);
            writer.integer(count);
        });
    }

    private void shares(Path file) {
        says(Protocol.ARENA, 4, writer -> {
            writer.text(file.toString());
            writer.integer(SLOT_BYTES);
            writer.integer(1);
            writer.integer(SLOT_BYTES);
        });
    }

    private void block(int slot, int count) {
        says(Protocol.SHARED, 2, writer -> {
            writer.integer(slot);
            writer.integer(count);
        });
    }

    /** One slot with the letters of the alphabet, which is taken. */
    private Path arena() throws IOException {
        byte[] memory = new byte[2 * SLOT_BYTES];
        memory[0] = 1;
        for (int i = 0; i < 26; i++) {
            memory[SLOT_BYTES + i] = (byte) ('a' + i);
        }
        return Files.write(directory.resolve("arena"), memory);
    }

    private boolean isMapped(String name) throws IOException {
        try (Stream<String> maps = Files.lines(MAPS)) {
            return maps.anyMatch(line -> line.endsWith(directory.resolve(name).toString()));
        }
    }

    @Test
    void isStreamed() {
        starts();
        says(Protocol.CHUNK, 1, writer -> writer.blob(new byte[] {'h', 'i'}, 0, 2));
        ends();
        assertThat(client.body()).isEqualTo("hi|complete");
    }

    @Test
    void isAnsweredWith500WhereTheApplicationFails() {
        says(Protocol.FAIL, 1, writer -> writer.text("Traceback"));
        assertThat(client.status()).isEqualTo("500 Internal Server Error");
        assertThat(client.body()).contains("Traceback");
    }

    @Test
    void isOverWhereTheApplicationFails() {
        says(Protocol.FAIL, 1, writer -> writer.text("Traceback"));
        worker.worker().retire();
        assertThat(worker.control().told()).as("nothing is waited for").containsExactly(String.valueOf(Protocol.QUIT));
    }

    @Test
    void isAnsweredWith500WhereTheHeadIsNotHttp() {
        says(Protocol.START, 2, writer -> ScriptedWorker.head(writer, "no status"));
        assertThat(client.status()).isEqualTo("500 Internal Server Error");
        assertThat(worker.process().wasKilled()).isFalse();
    }

    @Test
    void namesWhoAnswers() {
        assertThat(client.response().producer()).isNotNull();
        assertThat(client.response().producer().name()).isEqualTo("1/100");
        assertThat(client.response().producer().begunNanos()).isEqualTo(1);
    }

    @Nested
    class Credit {
        @Test
        void isGivenInSteps() {
            starts();
            chunk(PoolFixture.CREDIT_STEP - 1);
            client.response().flushed(0);
            assertThat(worker.control().told()).isEmpty();
            chunk(1);
            client.response().flushed(0);
            assertThat(worker.control().told()).containsExactly("1 1 1000");
            chunk(PoolFixture.CREDIT_STEP + 5);
            client.response().flushed(0);
            assertThat(worker.control().told()).containsExactly("1 1 1005");
        }

        @Test
        void isNotGivenForWhatStillWaitsForTheClient() {
            starts();
            chunk(PoolFixture.CREDIT_STEP);
            client.response().flushed(1);
            assertThat(worker.control().told()).isEmpty();
        }
    }

    @Nested
    class AClientThatLeaves {
        @Test
        void isToldOf() {
            starts();
            client.response().clientGone();
            assertThat(worker.control().told()).containsExactly(CLIENT_LEFT);
        }

        /** The word crossed the request on its way. */
        @Test
        void isToldOfAgainAtEachPartOfAStream() throws IOException {
            shares(arena());
            client.response().clientGone();
            worker.control().told();
            starts();
            chunk(1);
            block(0, 1);
            assertThat(worker.control().told()).containsExactly(CLIENT_LEFT, CLIENT_LEFT, CLIENT_LEFT);
        }

        @Test
        void isNotToldOfAtAWholeResponse() {
            client.response().clientGone();
            worker.control().told();
            worker.answers(1, "hello");
            assertThat(worker.control().told()).isEmpty();
        }

        @Test
        void isNotOneThatHasOnlyClosedItsSide() {
            client.response().clientClosed();
            assertThat(worker.control().told()).containsExactly(Protocol.CLOSED + " 1");
            worker.answers(1, "hello");
            assertThat(client.body()).isEqualTo("hello|complete");
        }
    }

    @Nested
    class AFile {
        @Test
        void isSentInPartAndThenGivenBack() throws IOException {
            starts();
            names(Files.writeString(directory.resolve("file"), "abcdef"), 3);
            assertThat(client.body()).isEqualTo("bcd");
            assertThat(worker.control().told()).containsExactly(FILE_SENT);
        }

        @Test
        void failsTheRequestWhereItCannotBeOpened() {
            names(directory.resolve("nothing"), 3);
            assertThat(client.status()).isEqualTo("500 Internal Server Error");
            assertThat(worker.control().told()).containsExactly(FILE_SENT);
            assertThat(worker.process().wasKilled()).isFalse();
        }

        @Test
        void isGivenBackWhereTheRequestIsOver() throws IOException {
            worker.answers(1, "hello");
            names(directory.resolve("nothing"), 3);
            assertThat(worker.control().told()).containsExactly(FILE_SENT);
        }
    }

    @Nested
    class SharedMemory {
        @Test
        void isSentFromItsSlot() throws IOException {
            Path file = arena();
            shares(file);
            starts();
            block(0, 3);
            assertThat(client.body()).isEqualTo("abc");
            assertThat(Files.readAllBytes(file)[0]).as("the slot is free").isZero();
        }

        @Test
        void isGivenBackWhereTheRequestIsOver() throws IOException {
            Path file = arena();
            shares(file);
            worker.answers(1, "hello");
            block(0, 3);
            assertThat(Files.readAllBytes(file)[0]).as("the slot is free").isZero();
            assertThat(client.body()).isEqualTo("hello|complete");
        }

        @Test
        void isGivenBackWhenItsWorkerDies() throws IOException {
            assumeTrue(Files.isReadable(MAPS), "the system does not say what is mapped");
            shares(arena());
            assertThat(isMapped("arena")).isTrue();
            worker.worker().die();
            assertThat(isMapped("arena")).isFalse();
        }

        @Test
        void endsTheWorkerThatSharesItTwice() throws IOException {
            Path file = arena();
            shares(file);
            shares(file);
            assertThat(worker.process().wasKilled()).isTrue();
        }

        @Test
        void endsTheWorkerThatSharesWhatIsNotThere() {
            shares(directory.resolve("nothing"));
            assertThat(worker.process().wasKilled()).isTrue();
        }

        @Test
        void endsTheWorkerThatHasNotSharedIt() {
            block(0, 1);
            assertThat(worker.process().wasKilled()).isTrue();
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 1, Integer.MAX_VALUE})
        void endsTheWorkerThatNamesAnotherSlot(int slot) throws IOException {
            shares(arena());
            block(slot, 1);
            assertThat(worker.process().wasKilled()).isTrue();
        }
    }

    @Nested
    class ARing {
        private static final int FIRST = 8;
        private static final int BYTES = 26;

        private Path file = Path.of("");

        private void shares() throws IOException {
            file = directory.resolve("ring");
            Files.writeString(file, "\0".repeat(FIRST) + "abcdefghijklmnopqrstuvwxyz");
            says(Protocol.RING, 3, writer -> {
                writer.text(file.toString());
                writer.integer(FIRST);
                writer.integer(BYTES);
            });
        }

        private void lays(String status, int start, int count) {
            says(Protocol.LAID, 4, writer -> {
                ScriptedWorker.head(writer, status);
                writer.integer(start);
                writer.integer(count);
            });
        }

        private int freed() throws IOException {
            return Files.readAllBytes(file)[0];
        }

        @Test
        void isGivenBackWhenItsWorkerDies() throws IOException {
            assumeTrue(Files.isReadable(MAPS), "the system does not say what is mapped");
            shares();
            assertThat(isMapped("ring")).isTrue();
            worker.worker().die();
            assertThat(isMapped("ring")).isFalse();
        }

        @Test
        void holdsTheBodyOfAWholeAnswer() throws IOException {
            shares();
            lays("200 OK", 0, 3);
            assertThat(client.status()).isEqualTo("200 OK");
            assertThat(client.body()).isEqualTo("abc|complete");
        }

        @Test
        void isFreeAgainWhenTheWorkerSaysSomethingElse() throws IOException {
            shares();
            lays("200 OK", 0, 3);
            assertThat(freed()).isZero();
            ends();
            assertThat(freed()).isEqualTo(3);
        }

        @Test
        void isFreeAgainWhereTheHeadIsNotHttp() throws IOException {
            shares();
            lays("no status", 0, 3);
            assertThat(client.status()).isEqualTo("500 Internal Server Error");
            ends();
            assertThat(freed()).isEqualTo(3);
        }

        @Test
        void isFreeAgainWhereTheRequestIsOver() throws IOException {
            shares();
            worker.answers(1, "hello");
            lays("200 OK", 0, 3);
            ends();
            assertThat(client.body()).isEqualTo("hello|complete");
            assertThat(freed()).isEqualTo(3);
        }

        @Test
        void endsTheWorkerThatSharesItTwice() throws IOException {
            shares();
            shares();
            assertThat(worker.process().wasKilled()).isTrue();
        }

        @Test
        void endsTheWorkerThatHasNotSharedIt() {
            lays("200 OK", 0, 3);
            assertThat(worker.process().wasKilled()).isTrue();
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 24, Integer.MAX_VALUE})
        void endsTheWorkerThatLaysABodyElsewhere(int start) throws IOException {
            shares();
            lays("200 OK", start, 3);
            assertThat(worker.process().wasKilled()).isTrue();
            assertThat(client.status()).as("the client hears nothing of it").isNotEqualTo("200 OK");
        }
    }

    /** A thread of the application's own has written behind the end of its response. */
    @Nested
    class ALateAnswer {
        @BeforeEach
        void end() {
            worker.answers(1, "hello");
        }

        @Test
        void isDroppedWhateverItIs() {
            starts();
            says(Protocol.START, 2, writer -> ScriptedWorker.head(writer, "no status"));
            chunk(3);
            ends();
            says(Protocol.FAIL, 1, writer -> writer.text("Traceback"));
            worker.answers(1, "again");
            assertThat(client.body()).isEqualTo("hello|complete");
            assertThat(worker.process().wasKilled()).isFalse();
        }

        @Test
        void isDroppedWithTheBytesBehindItsFrame() {
            worker.requests()
                    .say(
                            ScriptedWorker.list(
                                    ScriptedWorker.message(Protocol.CHUNK, 1, 1, writer -> writer.integer(3))),
                            new byte[3]);
            assertThat(client.body()).isEqualTo("hello|complete");
            assertThat(worker.process().wasKilled()).isFalse();
        }

        @ParameterizedTest
        @ValueSource(ints = {2, 0, -1, Integer.MIN_VALUE, 1 << 29})
        void endsTheWorkerIfThereWasNoSuchRequest(int id) {
            worker.answers(id, "hello");
            assertThat(worker.process().wasKilled()).isTrue();
        }
    }
}
