package dev.waitress.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.http.Limits;
import dev.waitress.settings.Settings;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HeadScannerTest {
    private final HeadScanner scanner = new HeadScanner(Limits.of(Settings.defaults()));

    /**
     * What was looked at is made into bytes that are refused wherever they are seen; so feeding byte by byte is linear.
     */
    @Test
    void looksAtNoByteTwice() {
        byte[] head = "GET /path HTTP/1.1\r\nHost: a\r\nX: y z\r\n\r\n".getBytes(ISO_8859_1);
        byte[] seen = head.clone();
        for (int available = 1; available < head.length; available++) {
            assertThat(scanner.scan(seen, 0, available))
                    .as("%d bytes", available)
                    .isEqualTo(HeadScanner.NEED_MORE);
            // A CR is looked at again with the byte behind it.
            int done = head[available - 1] == '\r' ? available - 1 : available;
            Arrays.fill(seen, 0, done, (byte) '\n');
        }
        assertThat(scanner.scan(seen, 0, head.length)).isEqualTo(head.length);
        assertThat(scanner.lineCount()).isEqualTo(3);
    }

    /** Its own lines, and the index of the fields that is made of them, twice as large. */
    @Test
    void saysWhatItHoldsAndWhetherItHasGrown() {
        int usual = 3 * Integer.BYTES * 2 * HeadScanner.FIRST_LINES;
        scanLines(HeadScanner.FIRST_LINES);
        assertThat(scanner.heldBytes()).isEqualTo(usual);
        assertThat(scanner.hasGrown()).isFalse();
        scanner.reset();
        scanLines(HeadScanner.FIRST_LINES + 1);
        assertThat(scanner.heldBytes()).isEqualTo(2 * usual);
        assertThat(scanner.hasGrown()).isTrue();
    }

    private void scanLines(int count) {
        byte[] head = ("GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(count - 1) + "\r\n").getBytes(ISO_8859_1);
        assertThat(scanner.scan(head, 0, head.length)).isEqualTo(head.length);
        assertThat(scanner.lineCount()).isEqualTo(count);
    }
}
