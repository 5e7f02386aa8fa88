package dev.waitress.worker.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MarshalTest {
    private final MarshalWriter writer = new MarshalWriter(1);

    /** What Python makes of the bytes. */
    private static String python(String program, byte[] input) throws IOException, InterruptedException {
        Process python = new ProcessBuilder("python3", "-c", "import marshal, sys\n" + program)
                .redirectErrorStream(true)
                .start();
        try (OutputStream stdin = python.getOutputStream()) {
            stdin.write(input);
        }
        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(output).isZero();
        return output.strip();
    }

    @Test
    void isReadByPython() throws Exception {
        writer.tuple(3);
        writer.integer(-7);
        writer.dict();
        writer.text("k\u20ac");
        writer.list(3);
        writer.none();
        writer.bool(true);
        writer.bool(false);
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        writer.latin1(all, 0, 3);
        writer.latin1(all, 0, 256);
        byte[] ascii = "x".repeat(300).getBytes(StandardCharsets.ISO_8859_1);
        writer.latin1(ascii, 0, 255);
        writer.latin1(ascii, 0, 300);
        writer.endDict();
        writer.blob(all, 250, 6);
        assertThat(python("""
                        value = marshal.loads(sys.stdin.buffer.read())
                        latin = "".join(map(chr, range(256)))
                        print(value == (-7, {"k\\u20ac": [None, True, False], latin[:3]: latin, "x" * 255: "x" * 300}, bytes(range(250, 256))))
                        """, writer.toByteArray())).isEqualTo("True");
    }

    /** Short text, longer text, and what is not ASCII; of the middle of an array. */
    @Test
    void takesFewBytesForAscii() {
        assertThat(latin1Of("a")).isEqualTo("7a0161");
        assertThat(latin1Of("")).isEqualTo("7a00");
        assertThat(latin1Of("\u007f".repeat(255))).isEqualTo("7aff" + "7f".repeat(255));
        assertThat(latin1Of("a".repeat(256))).isEqualTo("6100010000" + "61".repeat(256));
        assertThat(latin1Of("\u00e4b\u0080")).isEqualTo("7505000000" + "c3a462c280");
    }

    private static String latin1Of(String text) {
        byte[] around = ("\u00ff" + text + "\u00ff").getBytes(StandardCharsets.ISO_8859_1);
        MarshalWriter writer = new MarshalWriter(1);
        writer.latin1(around, 1, around.length - 1);
        return HexFormat.of().formatHex(writer.toByteArray());
    }

    @Test
    void isSkippedWhateverItHolds() throws Exception {
        String hex =
                python("print(marshal.dumps(((1, [('\\u20ac', ''), []], b'ab', 3), 'next'), 2).hex())", new byte[0]);
        byte[] frame = HexFormat.of().parseHex(hex);
        MarshalReader reader = new MarshalReader();
        reader.reset(frame, 0, frame.length);
        reader.sequence();
        int start = reader.position();
        reader.sequence();
        reader.integer();
        reader.seek(start);
        reader.skip();
        assertThat(reader.text()).isEqualTo("next");
    }

    @Test
    void isReadAsPythonWritesIt() throws Exception {
        String hex = python(
                "print(marshal.dumps((1, [('\\u00e4b\\u00ff', 'x'), ['', 'y']], b'ab', 3, 'tr\\u20ac'), 2).hex())",
                new byte[0]);
        byte[] frame = HexFormat.of().parseHex(hex);
        MarshalReader reader = new MarshalReader();
        reader.reset(frame, 0, frame.length);
        assertThat(reader.sequence()).isEqualTo(5);
        assertThat(reader.integer()).isEqualTo(1);
        assertThat(reader.sequence()).isEqualTo(2);
        assertThat(reader.sequence()).isEqualTo(2);
        assertThat(latin1(reader)).isEqualTo("\u00e4b\u00ff");
        assertThat(latin1(reader)).isEqualTo("x");
        assertThat(reader.sequence()).isEqualTo(2);
        assertThat(latin1(reader)).isEmpty();
        assertThat(latin1(reader)).isEqualTo("y");
        assertThat(reader.peekLength()).isEqualTo(2);
        reader.blob();
        assertThat(reader.stop() - reader.start()).isEqualTo(2);
        assertThat(reader.peek()).isEqualTo('i');
        assertThat(reader.integer()).isEqualTo(3);
        assertThatThrownBy(reader::latin1).hasMessageContaining("U+00FF");
    }

    /** What {@code marshal.dumps((-1, 'a\xff', u'\xe4', 'ab', 1 << 40, -1 << 40, 2), 0)} gave on CPython 2.7.18. */
    @Test
    void isReadAsPython2WritesIt() {
        byte[] frame = HexFormat.of()
                .parseHex("2807000000" + "69ffffffff" + "730200000061ff" + "7502000000c3a4" + "73020000006162"
                        + "490000000000010000" + "490000000000ffffff" + "6902000000");
        MarshalReader reader = new MarshalReader();
        reader.reset(frame, 0, frame.length);
        assertThat(reader.sequence()).isEqualTo(7);
        assertThat(reader.integer()).isEqualTo(-1);
        assertThat(latin1(reader)).isEqualTo("a\u00ff");
        assertThat(reader.text()).isEqualTo("\u00e4");
        assertThat(reader.text()).isEqualTo("ab");
        assertThat(reader.longInteger()).isEqualTo(1L << 40);
        assertThat(reader.longInteger()).isEqualTo(-1L << 40);
        assertThat(reader.longInteger()).isEqualTo(2);
    }

    /** What {@code marshal.dumps((file.tell(), 1 << 40, 7), 2)} gave on PyPy 7.3.11 after {@code file.seek(0)}. */
    @Test
    void isReadAsPyPyWritesIt() {
        byte[] frame = HexFormat.of().parseHex("2803000000" + "6c00000000" + "6c03000000000000000004" + "6907000000");
        MarshalReader reader = new MarshalReader();
        reader.reset(frame, 0, frame.length);
        assertThat(reader.sequence()).isEqualTo(3);
        assertThat(reader.longInteger()).isZero();
        assertThat(reader.longInteger()).isEqualTo(1L << 40);
        assertThat(reader.longInteger()).isEqualTo(7);
    }

    private static MarshalReader reader(String hex) {
        byte[] frame = HexFormat.of().parseHex(hex);
        MarshalReader reader = new MarshalReader();
        reader.reset(frame, 0, frame.length);
        return reader;
    }

    @Test
    void isRefusedWhereSomethingElseBelongs() {
        assertThatThrownBy(reader("7300000000")::sequence).hasMessage("expected a sequence, got marshal code 115");
        assertThatThrownBy(reader("7300000000")::integer).hasMessage("expected an integer, got marshal code 115");
        assertThatThrownBy(reader("7300000000")::longInteger).hasMessage("expected an integer, got marshal code 115");
        assertThatThrownBy(reader("7500000000")::blob).hasMessage("expected bytes, got marshal code 117");
        assertThatThrownBy(reader("6900000000")::text).hasMessage("expected text, got marshal code 105");
    }

    /** The last bytes of a frame are those of its last value. */
    @Test
    void isNoLongerThanItsFrame() {
        assertThat(reader("2802000000" + "4e4e").sequence()).isEqualTo(2);
        assertThatThrownBy(reader("2803000000" + "4e4e")::sequence).hasMessage("a sequence of 3 items");
        assertThatThrownBy(reader("28ffffffff")::sequence).hasMessage("a sequence of -1 items");
        assertThat(reader("7502000000" + "6162").text()).isEqualTo("ab");
        assertThatThrownBy(reader("7503000000" + "6162")::text).hasMessage("a value of 3 bytes, 2 are left");
        assertThatThrownBy(reader("75ffffffff")::text).hasMessage("a value of -1 bytes, 0 are left");
        assertThat(reader("7505000000").peekLength()).isEqualTo(5);
        assertThatThrownBy(reader("75050000")::peekLength).hasMessageContaining("in the middle of a value");
        assertThatThrownBy(reader("75fbffffff")::peekLength).hasMessage("a length of -5 bytes");
        assertThatThrownBy(reader("")::peek).hasMessageContaining("in the middle of a value");
    }

    @Test
    void hasNumbersOfFourDigitsAtMost() {
        assertThat(reader("6c04000000" + "0100" + "0200" + "0300" + "ff7f").longInteger())
                .isEqualTo(1 | 2L << 15 | 3L << 30 | 0x7fffL << 45);
        assertThatThrownBy(reader("6c05000000" + "0100".repeat(5))::longInteger).hasMessage("a number of 5 digits");
        assertThatThrownBy(reader("6cffffffff" + "0100")::longInteger).hasMessage("a number of -1 digits");
        assertThatThrownBy(reader("6c02000000" + "010001")::longInteger).hasMessageContaining("in the middle");
    }

    @Test
    void isSkippedAsDeepAsWorkersNestIt() {
        String nested = "2801000000".repeat(4);
        MarshalReader reader = reader(nested + "6900000000");
        reader.skip();
        assertThat(reader.position()).isEqualTo(25);
        assertThatThrownBy(reader("2801000000" + nested + "6900000000")::skip)
                .hasMessage("a value nested more than 4 times");
    }

    @Test
    void holdsLatin1InTextOfTwoBytesPerCharacter() {
        assertThat(latin1(reader("7505000000" + "7ec280c3bf"))).isEqualTo("~\u0080\u00ff");
        assertThat(latin1(reader("7504000000" + "c3a4417f"))).isEqualTo("\u00e4A\u007f");
        assertThatThrownBy(reader("7502000000" + "c480")::latin1).hasMessageContaining("beyond U+00FF");
        assertThatThrownBy(reader("7502000000" + "41c3")::latin1).hasMessageContaining("beyond U+00FF");
    }

    private static String latin1(MarshalReader reader) {
        reader.latin1();
        return new String(reader.bytes(), reader.start(), reader.stop() - reader.start(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void thatIsBrokenIsRefusedWhereverItEnds() throws Exception {
        String hex = python("print(marshal.dumps([(0, 7, '200 OK', [('a', 'b')], b'body')], 2).hex())", new byte[0]);
        byte[] whole = HexFormat.of().parseHex(hex);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> readAll(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        readAll(whole);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = whole.clone();
            mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            try {
                readAll(mutated);
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %d", seed).hasMessageMatching("(?s).+");
            }
        }
    }

    private static void readAll(byte[] frame) {
        MarshalReader reader = new MarshalReader();
        reader.reset(frame, 0, frame.length);
        int messages = reader.sequence();
        for (int i = 0; i < messages; i++) {
            reader.sequence();
            reader.integer();
            reader.integer();
            reader.latin1();
            int fields = reader.sequence();
            for (int field = 0; field < fields; field++) {
                reader.sequence();
                reader.latin1();
                reader.latin1();
            }
            reader.blob();
        }
    }
}
