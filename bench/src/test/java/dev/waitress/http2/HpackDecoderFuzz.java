package dev.waitress.http2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waitress.http1.FuzzedWhereJazzerRuns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes are fields or a fault, never an exception, and a block means the same wherever it lies. */
@FuzzedWhereJazzerRuns
class HpackDecoderFuzz {
    static Stream<byte[]> seeds() {
        return Stream.of(
                        "400a637573746f6d2d6b65790d637573746f6d2d686561646572",
                        "828684418cf1e3c2e5f23a6ba0ab90f4ff",
                        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
                        "203fe11f82be",
                        "4803333032580770726976617465c0bf")
                .map(HexFormat.of()::parseHex);
    }

    @MethodSource("seeds")
    @FuzzTest
    void readsAnyBytes(byte[] block) {
        List<byte[]> fields = new ArrayList<>();
        String outcome = decode(block, 0, fields);
        byte[] elsewhere = new byte[block.length + 2];
        System.arraycopy(block, 0, elsewhere, 1, block.length);
        List<byte[]> again = new ArrayList<>();
        assertThat(decode(elsewhere, 1, again)).isEqualTo(outcome);
        assertThat(again).containsExactly(fields.toArray(byte[][]::new));
    }

    private static String decode(byte[] array, int margin, List<byte[]> fields) {
        Fault fault = new HpackDecoder()
                .decode(array, margin, array.length - margin, (names, name, nameEnd, values, value, valueEnd) -> {
                    fields.add(Arrays.copyOfRange(names, name, nameEnd));
                    fields.add(Arrays.copyOfRange(values, value, valueEnd));
                    return fields.size() < 10_000;
                });
        return String.valueOf(fault);
    }
}
