package dev.waitress.http2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waitress.http.Ascii;
import dev.waitress.http1.FuzzedWhereJazzerRuns;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes behind a preface are frames or a fault, never an exception, and the same however they are cut. */
@FuzzedWhereJazzerRuns
class FrameReaderFuzz {
    private static final byte[] OPENED = Ascii.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");

    static Stream<byte[]> seeds() {
        return Stream.of(
                        "000003010400000001828684",
                        "00000501080000000100828684000000010904000000018b",
                        "0000050009000000010268690000",
                        "0000080600000000003132333435363738",
                        "00000408000000000000000001",
                        "000006040000000000000400010000",
                        "0000040300000000010000000800000807000000000000000100000000")
                .map(HexFormat.of()::parseHex);
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsAnyBytes(byte[] frames) {
        byte[] input = Arrays.copyOf(OPENED, OPENED.length + frames.length);
        System.arraycopy(frames, 0, input, OPENED.length, frames.length);
        String whole = read(input, () -> input.length);
        assertThat(read(input, () -> 1)).isEqualTo(whole);
        Random random = new Random(Arrays.hashCode(frames));
        assertThat(read(input, () -> 1 + random.nextInt(40))).isEqualTo(whole);
    }

    private static String read(byte[] input, IntSupplier pieceSize) {
        Calls calls = new Calls();
        FrameReader reader = new FrameReader(calls, new Allowance(100), 1000);
        for (int start = 0, end; start < input.length; start = end) {
            end = Math.min(input.length, start + pieceSize.getAsInt());
            byte[] piece = Arrays.copyOfRange(input, start, end);
            Fault fault = reader.read(ByteBuffer.wrap(piece));
            Arrays.fill(piece, (byte) '!'); // as the next read would
            if (fault != null) {
                return calls.text + fault.toString();
            }
        }
        return calls.text.toString();
    }

    private static final class Calls implements FrameListener {
        final StringBuilder text = new StringBuilder();

        private @Nullable Fault note(Object... parts) {
            text.append(Arrays.toString(parts)).append('\n');
            return null;
        }

        private static String hex(byte[] bytes, int start, int end) {
            return HexFormat.of().formatHex(bytes, start, end);
        }

        @Override
        public @Nullable Fault headers(int stream, byte[] block, int start, int end, boolean endsStream) {
            return note(stream, hex(block, start, end), endsStream);
        }

        @Override
        public @Nullable Fault dataBegins(int stream, int bytes) {
            return note(stream, bytes);
        }

        @Override
        public @Nullable Fault data(byte[] bytes, int start, int count) {
            text.append(hex(bytes, start, start + count));
            return null;
        }

        @Override
        public @Nullable Fault dataEnds(boolean endsStream) {
            return note(endsStream);
        }

        @Override
        public @Nullable Fault reset(int stream) {
            return note("reset", stream);
        }

        @Override
        public @Nullable Fault setting(int id, long value) {
            return note(id, value);
        }

        @Override
        public @Nullable Fault settingsEnd() {
            return note("settings");
        }

        @Override
        public @Nullable Fault ping(byte[] bytes, int start) {
            return note(hex(bytes, start, start + 8));
        }

        @Override
        public void pingAnswered() {
            note("pong");
        }

        @Override
        public void goAway() {
            note("goaway");
        }

        @Override
        public @Nullable Fault windowOpens(int stream, int bytes) {
            return note("window", stream, bytes);
        }

        @Override
        public @Nullable Fault streamFault(int stream, ErrorCode code) {
            return note(stream, code);
        }
    }
}
