package dev.waitress.worker.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.waitress.http.ResponseHead;
import dev.waitress.meter.Meter;
import dev.waitress.meter.Part;
import dev.waitress.meter.WorkerMeter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerReaderTest {
    private static final int ID = 7;

    private final List<String> events = new ArrayList<>();
    private final AnswerRecorder recorder = new AnswerRecorder(events);
    private final Meter meter = new Meter(10);
    private final AnswerReader reader = new AnswerReader(recorder, recorder, new WorkerMeter(meter, () -> 1));

    // ---- Messages --------------------------------------------------------------------------------------------------

    private static Consumer<MarshalWriter> message(int kind, int items, Consumer<MarshalWriter> rest) {
        return writer -> {
            writer.tuple(items);
            writer.integer(kind);
            writer.integer(ID);
            rest.accept(writer);
        };
    }

    private static Consumer<MarshalWriter> response(String status, Consumer<MarshalWriter> body) {
        return message(Protocol.RESPONSE, 5, writer -> {
            head(writer, status);
            body.accept(writer);
        });
    }

    private static void head(MarshalWriter writer, String status) {
        writer.text(status);
        writer.list(1);
        writer.tuple(2);
        writer.text("X-Name");
        writer.text("value");
    }

    private static Consumer<MarshalWriter> bytes(String text) {
        byte[] all = latin1(text);
        return writer -> writer.blob(all, 0, all.length);
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Consumer<MarshalWriter> start() {
        return message(Protocol.START, 4, writer -> head(writer, "200 OK"));
    }

    private static Consumer<MarshalWriter> chunk(Consumer<MarshalWriter> body) {
        return message(Protocol.CHUNK, 3, body);
    }

    private static Consumer<MarshalWriter> end() {
        return message(Protocol.END, 2, writer -> {});
    }

    private static Consumer<MarshalWriter> file() {
        return message(Protocol.FILE, 5, writer -> {
            writer.text("/name");
            writer.integer(4);
            writer.integer(5);
        });
    }

    private static Consumer<MarshalWriter> block() {
        return message(Protocol.SHARED, 4, writer -> {
            writer.integer(2);
            writer.integer(3);
        });
    }

    private static Consumer<MarshalWriter> fail() {
        return message(Protocol.FAIL, 3, writer -> writer.text("Traceback"));
    }

    private static Consumer<MarshalWriter> memory() {
        return message(Protocol.ARENA, 6, writer -> {
            writer.text("/arena");
            writer.integer(1);
            writer.integer(2);
            writer.integer(3);
        });
    }

    private static Consumer<MarshalWriter> counted(int id, double amount, Consumer<MarshalWriter> rest) {
        return writer -> {
            writer.tuple(4);
            writer.integer(Protocol.COUNTED);
            writer.integer(id);
            changes(writer, amount);
            rest.accept(writer);
        };
    }

    private static void changes(MarshalWriter writer, double amount) {
        byte[] changes = ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(1)
                .putDouble(amount)
                .array();
        writer.blob(changes, 0, changes.length);
    }

    private static Consumer<MarshalWriter> series(int first) {
        return writer -> {
            writer.tuple(3);
            writer.integer(Protocol.SERIES);
            writer.integer(first);
            writer.list(1);
            writer.tuple(7);
            writer.integer(0);
            writer.text("orders");
            writer.text("Orders.");
            writer.integer(0);
            writer.integer(0);
            writer.text("");
            writer.list(2);
            writer.text("kind");
            writer.text("book");
        };
    }

    private double orders() {
        return meter.metrics()
                .iterator()
                .next()
                .series()
                .iterator()
                .next()
                .joined(Part.VALUE)
                .orElseThrow();
    }

    @SafeVarargs
    private static byte[] frame(Consumer<MarshalWriter>... messages) {
        MarshalWriter writer = new MarshalWriter(64);
        writer.list(messages.length);
        for (Consumer<MarshalWriter> each : messages) {
            each.accept(writer);
        }
        return writer.toByteArray();
    }

    private int read(byte[] frame) {
        return reader.frame(frame, 0, frame.length);
    }

    // ---- What they come to -----------------------------------------------------------------------------------------

    @Test
    void readsAWholeResponse() {
        assertThat(read(frame(response("200 OK", bytes("hello"))))).isZero();
        assertThat(events).containsExactly("7 head 200 5", "7 body hello", "7 end");
    }

    @Test
    void readsABodyBehindItsFrameAsItComes() {
        assertThat(read(frame(response("200 OK", writer -> writer.integer(5))))).isEqualTo(5);
        reader.raw(latin1("xxhelx"), 2, 3);
        assertThat(events).containsExactly("7 head 200 5", "7 body hel");
        reader.raw(latin1("lo"), 0, 2);
        assertThat(events).endsWith("7 body lo", "7 end");
    }

    @Test
    void readsAStreamedResponse() {
        read(frame(start(), chunk(bytes("one")), block(), file(), end()));
        assertThat(events)
                .containsExactly(
                        "7 streams",
                        "7 head 200 " + ResponseHead.NO_LENGTH,
                        "7 streams",
                        "7 body one",
                        "7 streams",
                        "7 block 2 3",
                        "7 file /name 4 5",
                        "7 end");
    }

    /** Its end is a message of its own. */
    @Test
    void doesNotEndAStreamedResponseBehindRawBytes() {
        assertThat(read(frame(chunk(writer -> writer.integer(3))))).isEqualTo(3);
        reader.raw(latin1("abc"), 0, 3);
        assertThat(events).containsExactly("7 streams", "7 body abc");
    }

    @Test
    void readsThatTheApplicationHasFailed() {
        read(frame(fail()));
        assertThat(events).containsExactly("7 fail Traceback");
    }

    @Test
    void readsWhereTheSharedMemoryIs() {
        read(frame(memory()));
        assertThat(events).containsExactly("memory /arena 1 2 3");
    }

    /** It costs the application that gave it, and no other. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"", "OK", "20 OK", "200 O\nK", "200 \u20ac"})
    void goesOnBehindAHeadThatIsNotHttp(String status) {
        read(frame(response(status, bytes("x")), message(Protocol.START, 4, w -> head(w, status)), end()));
        assertThat(events).containsExactly("7 malformed", "7 body x", "7 end", "7 streams", "7 malformed", "7 end");
    }

    @Test
    void tellsThatItsSocketIsClosed() {
        reader.closed(null);
        assertThat(events).containsExactly("lost null");
    }

    // ---- What makes no sense ---------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {-1, 15, 99, Integer.MAX_VALUE})
    void refusesAMessageOfAnotherKind(int kind) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(frame(message(kind, 2, writer -> {}))))
                .withMessage("a message of kind " + kind);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void refusesABodyBehindItsFrameOfNoBytes(int count) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(frame(chunk(writer -> writer.integer(count)))))
                .withMessage("a body of " + count + " bytes behind its frame");
    }

    @Test
    void refusesRawBytesThatNobodyExpects() {
        assertThatIllegalStateException().isThrownBy(() -> reader.raw(new byte[1], 0, 1));
    }

    /** As a dead worker leaves them; a frame begins with a kind and the count of its messages. */
    @Test
    void readsMessagesThatAreInNoFrame() {
        byte[] framed = frame(response("200 OK", bytes("hello")), chunk(bytes("x")));
        reader.messages(Arrays.copyOfRange(framed, 1 + Integer.BYTES, framed.length));
        assertThat(events).containsExactly("7 head 200 5", "7 body hello", "7 end", "7 streams", "7 body x");
    }

    @Test
    void refusesAMessageThatEndsTooSoon() {
        byte[] framed = frame(response("200 OK", bytes("hello")));
        byte[] cut = Arrays.copyOfRange(framed, 1 + Integer.BYTES, framed.length - 1);
        assertThatIllegalArgumentException().isThrownBy(() -> reader.messages(cut));
    }

    /** A client would be told of it. */
    @Test
    void endsBeforeTheHeadOfAnAnswerWithoutALength() {
        String body = "hello";
        byte[] frame = frame(response("200 OK", bytes(body)));
        frame[frame.length - body.length() - 1] = (byte) 0xff;
        assertThatIllegalArgumentException().isThrownBy(() -> read(frame));
        assertThat(events).isEmpty();
    }

    static Stream<byte[]> frames() {
        return Stream.of(
                frame(response("200 OK", bytes("hello"))),
                frame(response("no status", bytes("hello"))),
                frame(start(), chunk(bytes("one")), end()),
                frame(chunk(writer -> writer.integer(5))),
                frame(file()),
                frame(block()),
                frame(fail()),
                frame(memory()));
    }

    /** It breaks the protocol, and does nothing else. */
    @ParameterizedTest
    @MethodSource("frames")
    void refusesAFrameThatEndsTooSoon(byte[] frame) {
        for (int length = 0; length < frame.length; length++) {
            int end = length;
            assertThatIllegalArgumentException().isThrownBy(() -> reader.frame(frame, 0, end));
        }
    }

    /** Whatever one byte is changed to, the frame is read or refused. */
    @ParameterizedTest
    @MethodSource("frames")
    void readsOrRefusesWhateverComes(byte[] frame) {
        int refused = 0;
        for (int at = 0; at < frame.length; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] changed = frame.clone();
                changed[at] = (byte) value;
                try {
                    read(changed);
                } catch (IllegalArgumentException e) {
                    refused++;
                }
            }
        }
        assertThat(refused).isPositive();
    }

    // ---- Numbers of heads ------------------------------------------------------------------------------------------

    private void reads(Consumer<MarshalWriter> message) {
        MarshalWriter writer = new MarshalWriter(64);
        message.accept(writer);
        reader.messages(writer.toByteArray());
    }

    private static Consumer<MarshalWriter> definition(int number, String status) {
        return writer -> {
            writer.tuple(4);
            writer.integer(Protocol.HEAD);
            writer.integer(number);
            head(writer, status);
        };
    }

    private static Consumer<MarshalWriter> numbered(int number) {
        return message(Protocol.RESPONSE, 4, writer -> {
            writer.integer(number);
            bytes("x").accept(writer);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Protocol.MOST_HEADS})
    void thereAreNoSuchNumbersOfHeads(int number) {
        assertThatIllegalArgumentException().isThrownBy(() -> reads(definition(number, "200 OK")));
        assertThatIllegalArgumentException().isThrownBy(() -> reads(numbered(number)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, Protocol.MOST_HEADS - 1})
    void aNumberOfAHeadIsGivenOnce(int number) {
        assertThatIllegalArgumentException().isThrownBy(() -> reads(numbered(number)));
        reads(definition(number, "200 OK"));
        assertThatIllegalArgumentException().isThrownBy(() -> reads(definition(number, "200 OK")));
        reads(numbered(number));
        assertThat(events).containsExactly("7 head 200 1", "7 body x", "7 end");
    }

    /** What the server does to a head for one answer is not seen in the next. */
    @Test
    void aNumberedHeadStaysAsItIs() {
        reads(definition(3, "200 OK"));
        reads(response("404 Not Found", bytes("y")));
        reads(numbered(3));
        assertThat(events).contains("7 head 404 1", "7 head 200 1");
    }

    // ---- What the application counts -------------------------------------------------------------------------------

    private void take(byte[] frame) {
        reader.frame(frame, 0, frame.length);
    }

    @Test
    void countsWhatComesWithAnAnswerAndBesideOnes() {
        take(frame(series(1), counted(ID, 2, fail())));
        take(frame(writer -> {
            writer.tuple(3);
            writer.integer(Protocol.COUNTS);
            writer.integer(0);
            changes(writer, 0.5);
        }));
        assertThat(orders()).isEqualTo(2.5);
        assertThat(events).containsExactly("7 fail Traceback");
    }

    @Test
    void countsLastWordsOnlyIfTheyAreNew() {
        take(frame(series(1)));
        for (int id : new int[] {7, 8}) {
            MarshalWriter writer = new MarshalWriter(64);
            counted(id, 1, fail()).accept(writer);
            reader.messages(writer.toByteArray());
        }
        assertThat(orders()).as("number 8 was answered before").isEqualTo(1);
    }

    @Test
    void refusesCountsThatMakeNoSense() {
        assertThatIllegalArgumentException().isThrownBy(() -> take(frame(series(2))));
        assertThatIllegalArgumentException().isThrownBy(() -> take(frame(counted(ID, 1, fail()))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> take(frame(series(1), counted(ID, 1, counted(ID, 1, fail())))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> take(frame(writer -> {
                    writer.tuple(3);
                    writer.integer(Protocol.COUNTS);
                    writer.integer(0);
                    writer.blob(new byte[11], 0, 11);
                })));
    }
}
