package dev.waitress.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The date of RFC 9110 §5.6.7 (IMF-fixdate), written once a second. One thread. */
public final class HttpDate {
    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private long second = Long.MIN_VALUE;
    private byte[] line = new byte[0];

    /** A whole Date field with its line end, for this time in milliseconds since 1970. */
    public byte[] fieldAt(long epochMillis) {
        long now = Math.floorDiv(epochMillis, 1000L);
        if (now != second) {
            second = now;
            line = Ascii.bytes("Date: " + FORM.format(Instant.ofEpochSecond(now)) + "\r\n");
        }
        return line;
    }
}
