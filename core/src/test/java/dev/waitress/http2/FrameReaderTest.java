package dev.waitress.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.testkit.Property;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrameReaderTest {
    private static final int MOST_BLOCK = 200;
    private static final int ALLOWED = 20;

    /** What comes of the bytes, and the fault that they end with, if they do. */
    private static List<String> read(List<byte[]> pieces) {
        Frames frames = new Frames();
        FrameReader reader = new FrameReader(frames, new Allowance(ALLOWED), MOST_BLOCK);
        for (byte[] piece : pieces) {
            Fault fault = reader.read(ByteBuffer.wrap(piece));
            if (fault != null) {
                frames.events.add(fault.code() + ": " + fault.reason());
                break;
            }
        }
        return frames.events;
    }

    private static List<String> read(Wire wire) {
        return read(List.of(wire.bytes()));
    }

    @Test
    void tellsWhatFramesSay() {
        Wire wire = Wire.opened()
                .frame(4, 0, 0, "\0\4" + Wire.number(70_000) + "\0\77" + Wire.number(-1))
                .frame(1, Wire.END_HEADERS, 1, "abc")
                .frame(0, 0, 1, "hello")
                .frame(0, Wire.PADDED | Wire.END_STREAM, 1, "\3rest\0\0\0")
                .frame(1, Wire.PADDED | Wire.PRIORITIZED | Wire.END_STREAM, 3, "\2" + Wire.number(1) + "\20de\0\0")
                .frame(9, 0, 3, "fg")
                .frame(9, Wire.END_HEADERS, 3, "h")
                .frame(2, 0, 5, Wire.number(1) + "\0")
                .frame(3, 0, 1, Wire.number(8))
                .frame(6, 0, 0, "12345678")
                .frame(6, 1, 0, "12345678")
                .frame(8, 0, 0, Wire.number(5))
                .frame(8, 0, 3, Wire.number(6))
                .frame(77, 255, 9, "who knows")
                .frame(4, 1, 0, "")
                .frame(7, 0, 0, Wire.number(3) + Wire.number(0) + "bye");
        assertThat(read(wire))
                .containsExactly(
                        "settings",
                        "setting 4 70000",
                        "setting 63 4294967295",
                        "settings",
                        "headers 1 abc",
                        "data 1 5",
                        "hello",
                        "data 1 8",
                        "rest end",
                        "headers 3 defgh end",
                        "reset 1",
                        "ping 12345678",
                        "pong",
                        "window 0 5",
                        "window 3 6",
                        "goaway");
    }

    private static Wire after(int type, int flags, int stream, String payload) {
        return Wire.opened().frame(type, flags, stream, payload);
    }

    static List<List<Object>> faults() {
        return List.of(
                List.of("PROTOCOL_ERROR", new Wire().text("GET / HTTP/1.1")),
                List.of(
                        "PROTOCOL_ERROR",
                        new Wire().text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").frame(6, 0, 0, "12345678")),
                List.of(
                        "PROTOCOL_ERROR",
                        new Wire().text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").frame(4, 1, 0, "")),
                List.of("FRAME_SIZE_ERROR", after(0, 0, 1, "x".repeat(16_385))),
                List.of("PROTOCOL_ERROR", after(0, 0, 0, "x")),
                List.of("FRAME_SIZE_ERROR", after(0, Wire.PADDED, 1, "")),
                List.of("PROTOCOL_ERROR", after(0, Wire.PADDED, 1, "\3ab")),
                List.of("PROTOCOL_ERROR", after(1, Wire.END_HEADERS, 0, "x")),
                List.of("FRAME_SIZE_ERROR", after(1, Wire.PADDED, 1, "")),
                List.of("FRAME_SIZE_ERROR", after(1, Wire.PRIORITIZED, 1, "abcd")),
                List.of("PROTOCOL_ERROR", after(1, Wire.PADDED, 1, "\3ab")),
                List.of("PROTOCOL_ERROR", after(1, Wire.PRIORITIZED, 1, Wire.number(1) + "\0x")),
                List.of("ENHANCE_YOUR_CALM", after(1, Wire.END_HEADERS, 1, "x".repeat(MOST_BLOCK + 1))),
                List.of(
                        "ENHANCE_YOUR_CALM",
                        after(1, 0, 1, "x".repeat(MOST_BLOCK)).frame(9, 0, 1, "x")),
                List.of("PROTOCOL_ERROR", after(2, 0, 0, Wire.number(1) + "\0")),
                List.of("PROTOCOL_ERROR", after(3, 0, 0, Wire.number(1))),
                List.of("FRAME_SIZE_ERROR", after(3, 0, 1, "abc")),
                List.of("PROTOCOL_ERROR", after(4, 0, 1, "")),
                List.of("FRAME_SIZE_ERROR", after(4, 0, 0, "abc")),
                List.of("FRAME_SIZE_ERROR", after(4, 1, 0, "\0\4" + Wire.number(1))),
                List.of("PROTOCOL_ERROR", after(5, Wire.END_HEADERS, 1, Wire.number(2))),
                List.of("PROTOCOL_ERROR", after(6, 0, 1, "12345678")),
                List.of("FRAME_SIZE_ERROR", after(6, 0, 0, "1234567")),
                List.of("PROTOCOL_ERROR", after(7, 0, 1, "12345678")),
                List.of("FRAME_SIZE_ERROR", after(7, 0, 0, "1234567")),
                List.of("FRAME_SIZE_ERROR", after(8, 0, 1, "123")),
                List.of("PROTOCOL_ERROR", after(8, 0, 0, Wire.number(0))),
                List.of("PROTOCOL_ERROR", after(9, Wire.END_HEADERS, 1, "x")),
                List.of("PROTOCOL_ERROR", after(1, 0, 1, "x").frame(9, Wire.END_HEADERS, 3, "x")),
                List.of("PROTOCOL_ERROR", after(1, 0, 1, "x").frame(6, 0, 0, "12345678")));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void refusesWhatBreaksTheRulesOfFrames(List<Object> faultAndWire) {
        List<String> events = read((Wire) faultAndWire.get(1));
        assertThat(events.get(events.size() - 1)).startsWith(faultAndWire.get(0) + ": ");
    }

    @Test
    void blamesTheStreamWhereOnlyThatIsConcerned() {
        Wire wire = after(2, 0, 3, "abc").frame(2, 0, 5, Wire.number(5) + "\0").frame(8, 0, 7, Wire.number(0));
        assertThat(read(wire))
                .containsExactly(
                        "settings", "fault 3 FRAME_SIZE_ERROR", "fault 5 PROTOCOL_ERROR", "fault 7 PROTOCOL_ERROR");
    }

    static List<Wire> floods() {
        Wire empty = Wire.opened().frame(1, 0, 1, "x");
        Wire continued = Wire.opened().frame(1, 0, 1, "x");
        Wire pings = Wire.opened();
        Wire settings = Wire.opened();
        Wire data = Wire.opened().frame(1, Wire.END_HEADERS, 1, "x");
        Wire padded = Wire.opened().frame(1, Wire.END_HEADERS, 1, "x");
        Wire windows = Wire.opened();
        Wire priorities = Wire.opened();
        Wire unknown = Wire.opened();
        for (int i = 0; i < 70; i++) {
            empty.frame(9, 0, 1, "");
            continued.frame(9, 0, 1, "x");
            pings.frame(6, 0, 0, "12345678");
            settings.frame(4, 0, 0, "");
            data.frame(0, 0, 1, "");
            padded.frame(0, Wire.PADDED, 1, "\1\0");
            windows.frame(8, 0, 0, Wire.number(1));
            priorities.frame(2, 0, 3, Wire.number(1) + "\0");
            unknown.frame(200, 0, 0, "");
        }
        return List.of(empty, continued, pings, settings, data, padded, windows, priorities, unknown);
    }

    @ParameterizedTest
    @MethodSource("floods")
    void endsFloodsOfFramesThatAskForNothing(Wire flood) {
        List<String> events = read(flood);
        assertThat(events.get(events.size() - 1)).startsWith("ENHANCE_YOUR_CALM: ");
        assertThat(events).hasSizeLessThan(3 * ALLOWED);
    }

    private static Wire random(SplittableRandom random) {
        Wire wire = Wire.opened();
        for (int i = random.nextInt(8); i > 0; i--) {
            int type = random.nextInt(4) == 0 ? random.nextInt(12) : random.nextInt(2);
            int stream = random.nextInt(4) == 0 ? 0 : 1 + 2 * random.nextInt(3);
            String payload = Property.text(random, "\0\1\2\3\10abc", 0, 30);
            wire.frame(type, random.nextInt(64) & 0x2D, stream, payload);
        }
        return wire;
    }

    @Test
    void readsTheSameHoweverTheBytesAreCut() {
        Property.holds(3000, random -> {
            byte[] bytes = random(random).bytes();
            if (random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            assertThat(read(Property.cut(random, bytes))).isEqualTo(read(List.of(bytes)));
        });
    }

    @Test
    void knowsWhatIsStillArriving() {
        FrameReader reader = new FrameReader(new Frames(), new Allowance(ALLOWED), MOST_BLOCK);
        List<Long> units = new ArrayList<>();
        byte[] bytes =
                Wire.opened().frame(6, 0, 0, "12345678").frame(1, 0, 1, "x").bytes();
        for (byte b : bytes) {
            reader.read(ByteBuffer.wrap(new byte[] {b}));
            if (units.isEmpty() || !units.get(units.size() - 1).equals(reader.unit())) {
                units.add(reader.unit());
            }
        }
        // The preface, SETTINGS, PING, and a block that goes on; nothing between them.
        assertThat(units).containsExactly(1L, 0L, 2L, 0L, 3L, 0L, 4L);
    }
}
