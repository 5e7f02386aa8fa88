package dev.waitress.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Limits;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/**
 * Eight times as much of anything costs about eight times as much, not 64 times. Small and large take turns, the least
 * of many short runs of either counts, and one of several tries suffices: other load makes a run slower, and nothing
 * makes one of 64 times the cost look like one of eight.
 */
class ParsingCostTest {
    private static final int SMALL = 500;
    private static final int TIMES = 8;
    private static final int RUNS = 20;
    private static final int TRIES = 10;
    private static final double LIMIT = TIMES * TIMES / 2.0;

    private static final Limits WIDE = Limits.of(Settings.defaults()
            .with(Setting.MAX_REQUEST_HEADER_SIZE, 16L << 20)
            .with(Setting.MAX_REQUEST_LINE_SIZE, 16L << 20)
            .with(Setting.MAX_REQUEST_HEADERS, 100_000L)
            .with(Setting.MAX_CHUNK_LINE_SIZE, 1L << 20));

    private static long nanos(Runnable parsing) {
        long before = System.nanoTime();
        parsing.run();
        return Math.max(1, System.nanoTime() - before);
    }

    private static double ratio(Runnable small, Runnable large) {
        long leastSmall = Long.MAX_VALUE;
        long leastLarge = Long.MAX_VALUE;
        for (int i = 0; i < RUNS; i++) {
            leastSmall = Math.min(leastSmall, nanos(small));
            leastLarge = Math.min(leastLarge, nanos(large));
        }
        return (double) leastLarge / leastSmall;
    }

    private static void assertLinear(IntFunction<String> input) {
        String small = input.apply(SMALL);
        String large = input.apply(TIMES * SMALL);
        assertLinear(() -> Fed.whole(small, WIDE), () -> Fed.whole(large, WIDE));
    }

    private static void assertLinear(Runnable small, Runnable large) {
        double ratio = ratio(small, large);
        for (int i = 1; i < TRIES && ratio >= LIMIT; i++) {
            ratio = ratio(small, large);
        }
        assertThat(ratio).isLessThan(LIMIT);
    }

    private static String head(String fields) {
        return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
    }

    @Test
    void ofALongValueThatEndsInAControlCharacterIsLinear() {
        assertLinear(count -> head("Bad-header: " + "x".repeat(count) + "\u0010\r\n"));
    }

    @Test
    void ofALongRunOfWhiteSpaceIsLinear() {
        assertLinear(count -> head("X: a" + " \t".repeat(count) + "b\r\n"));
    }

    @Test
    void ofManyFieldsOfOneNameIsLinear() {
        assertLinear(count -> head("a:b\r\n".repeat(count)));
    }

    @Test
    void ofManyNamesIsLinear() {
        assertLinear(count -> head(names(count, "0", "1")));
    }

    /**
     * Where 31 is the base of a hash of letters in one case, "aa" and "c#" are the same: 4000 such names once cost 72
     * ms.
     */
    @Test
    void ofManyNamesMadeToCollideIsLinear() {
        assertLinear(count -> head(names(count, "aa", "c#")));
    }

    private static String names(int count, String zero, String one) {
        StringBuilder fields = new StringBuilder();
        for (int i = 0; i < count; i++) {
            for (int bit = 1; bit < TIMES * SMALL; bit <<= 1) {
                fields.append((i & bit) == 0 ? zero : one);
            }
            fields.append(":\r\n");
        }
        return fields.toString();
    }

    @Test
    void ofALongChunkExtensionIsLinear() {
        assertLinear(count -> "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1"
                + ";a=\"b\"".repeat(count) + "\r\nx\r\n0\r\n\r\n");
    }

    /** Of more bytes than elsewhere: looking at one again costs much less than taking one in. */
    @Test
    void ofBytesThatComeOneByOneIsLinear() {
        String small = head("X: " + "x".repeat(TIMES * SMALL) + "\r\n");
        String large = head("X: " + "x".repeat(TIMES * TIMES * SMALL) + "\r\n");
        assertLinear(() -> Fed.byteByByte(small, WIDE), () -> Fed.byteByByte(large, WIDE));
    }
}
