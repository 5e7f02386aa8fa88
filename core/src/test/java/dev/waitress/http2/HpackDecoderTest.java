package dev.waitress.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HpackDecoderTest {
    private final HpackDecoder decoder = new HpackDecoder();

    private List<String> decode(String hex) {
        return Fields.decode(decoder, Hex.bytes(hex));
    }

    /** Entries of no bytes take twice the memory that the RFC has them count for. */
    @Test
    void tellsWhatItsTableTakesInMemory() {
        assertThat(decoder.heldBytes()).isZero();
        decode("4001 6101 62".repeat(10));
        assertThat(decoder.heldBytes()).isEqualTo(8 * 128 + 10 * (34 + 32));
    }

    /** RFC 7541 appendix C. */
    @Nested
    class TheExamplesOfTheRfc {
        private static final List<String> FIRST =
                List.of(":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com");
        private static final List<String> SECOND = List.of(
                ":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache");
        private static final List<String> THIRD = List.of(
                ":method: GET",
                ":scheme: https",
                ":path: /index.html",
                ":authority: www.example.com",
                "custom-key: custom-value");

        @Test
        void areReadAsSingleFields() {
            assertThat(decode("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572"))
                    .containsExactly("custom-key: custom-header");
            assertThat(decode("040c 2f73 616d 706c 652f 7061 7468")).containsExactly(":path: /sample/path");
            assertThat(decode("1008 7061 7373 776f 7264 0673 6563 7265 74")).containsExactly("password: secret");
            assertThat(decode("82")).containsExactly(":method: GET");
        }

        @Test
        void areReadInARowWithoutHuffman() {
            assertThat(decode("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d"))
                    .isEqualTo(FIRST);
            assertThat(decode("8286 84be 5808 6e6f 2d63 6163 6865")).isEqualTo(SECOND);
            assertThat(decode("8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65"))
                    .isEqualTo(THIRD);
        }

        @Test
        void areReadInARowWithHuffman() {
            assertThat(decode("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff")).isEqualTo(FIRST);
            assertThat(decode("8286 84be 5886 a8eb 1064 9cbf")).isEqualTo(SECOND);
            assertThat(decode("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"))
                    .isEqualTo(THIRD);
        }

        /** C.5, whose table holds 256 bytes: a block says so first. */
        @Test
        void areReadInARowWhereFieldsAreForgotten() {
            assertThat(decode("3fe101" + "4803 3330 3258 0770 7269 7661 7465 611d"
                            + "4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 54"
                            + "6e17 6874 7470 733a 2f2f 7777 772e 6578 616d 706c 652e 636f 6d"))
                    .containsExactly(
                            ":status: 302",
                            "cache-control: private",
                            "date: Mon, 21 Oct 2013 20:13:21 GMT",
                            "location: https://www.example.com");
            assertThat(decode("4803 3330 37c1 c0bf"))
                    .containsExactly(
                            ":status: 307",
                            "cache-control: private",
                            "date: Mon, 21 Oct 2013 20:13:21 GMT",
                            "location: https://www.example.com");
            assertThat(decode("88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54"
                            + "c05a 0467 7a69 7077 3866 6f6f 3d41 5344 4a4b 4851 4b42 5a58 4f51 5745 4f50 4955"
                            + "4158 5157 454f 4955 3b20 6d61 782d 6167 653d 3336 3030 3b20 7665 7273 696f 6e3d 31"))
                    .containsExactly(
                            ":status: 200",
                            "cache-control: private",
                            "date: Mon, 21 Oct 2013 20:13:22 GMT",
                            "location: https://www.example.com",
                            "content-encoding: gzip",
                            "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");
        }
    }

    @Nested
    class ABlockThatMakesNoSense {
        @ParameterizedTest(name = "{1}")
        @CsvSource({
            "80, refers to nothing",
            "be, refers beyond both tables",
            "ffffffffff0f, has an index without end",
            "ff, ends within an index",
            "40, ends before a name",
            "4001, ends within a name",
            "400161, ends before a value",
            "40016105 61, ends within a value",
            "3fe21f, makes the table larger than it may be",
            "82 20, resizes the table at its end",
            "0001 61 81 00, has padding that is not of ones",
            "0001 61 82 1f ff, has padding of a byte",
            "0001 61 84 ff ff ff ff, has the end of a string within a string",
            "7f 80, ends within the index of a name",
            "0f 80 80 80 80 80 01, has an integer of too many bytes",
        })
        void isRefused(String hex, String what) {
            assertThat(decode(hex)).as(what).containsExactly("COMPRESSION_ERROR");
        }
    }

    @Test
    void takesTwoSizesAtTheBeginning() {
        assertThat(decode("20 3fe11f 82")).containsExactly(":method: GET");
    }

    @Test
    void forgetsAllWhereTheTableBecomesEmpty() {
        decode("4001 61 01 62");
        assertThat(decode("be")).containsExactly("a: b");
        assertThat(decode("20 be")).containsExactly("COMPRESSION_ERROR");
    }

    @Test
    void forgetsAllForAFieldThatIsLargerThanTheTable() {
        decode("4001 61 01 62");
        decode("40 01 61 7f a11f" + "62".repeat(4128));
        assertThat(decode("be")).containsExactly("COMPRESSION_ERROR");
    }

    @Test
    void holdsAsManyEmptyFieldsAsTheTableHas() {
        String one = "400161 00"; // 33 bytes each
        decode(one.repeat(200));
        assertThat(decode("ff 3a")).containsExactly("a: "); // 61 + 124
        assertThat(decode("ff 3b")).containsExactly("COMPRESSION_ERROR");
    }

    @Test
    void endsWhereTheSinkHasEnough() {
        Fault fault =
                decoder.decode(Hex.bytes("828282"), 0, 3, (names, name, nameEnd, values, value, valueEnd) -> false);
        assertThat(fault).extracting(Fault::code).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 126, 127, 128, 254, 255, 256, 16_383, 16_384, 200_000})
    void readsBackWhatTheEncoderWrites(int length) {
        List<String> expected = new ArrayList<>();
        HpackEncoder encoder = new HpackEncoder();
        encoder.begin(418, false);
        expected.add(":status: 418");
        for (String name : new String[] {"content-type", "X-Long", "set-cookie", "date"}) {
            byte[] bytes = (name + "v".repeat(length)).getBytes(ISO_8859_1);
            encoder.field(bytes, 0, name.length(), bytes, name.length(), bytes.length);
            expected.add(name.toLowerCase(Locale.ROOT) + ": " + "v".repeat(length));
        }
        assertThat(Fields.decode(decoder, encoder.block())).isEqualTo(expected);
    }
}
