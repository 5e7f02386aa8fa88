package dev.waitress.log;

import dev.waitress.http.Ascii;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Points in time as text, composed once a second. Event loop only. */
final class TimeText {
    private static final DateTimeFormatter APACHE =
            DateTimeFormatter.ofPattern("'['dd/MMM/yyyy:HH:mm:ss Z']'", Locale.ROOT);
    private static final DateTimeFormatter ISO_SECONDS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.");
    private static final DateTimeFormatter ISO_OFFSET = DateTimeFormatter.ofPattern("xxx");
    private static final long MILLIS = 1000;

    private final ZoneId zone;
    private long second = Long.MIN_VALUE;
    private byte[] apache = {};
    private byte[] isoSeconds = {};
    private byte[] isoOffset = {};

    TimeText(ZoneId zone) {
        this.zone = zone;
    }

    /** Refuses a form that there is not. */
    static void requireForm(String form) {
        switch (form) {
            case "", "iso", "sec", "msec" -> {}
            default -> throw new IllegalArgumentException("there is no %{" + form + "}t");
        }
    }

    void write(String form, long wallMillis, Line line) {
        update(Math.floorDiv(wallMillis, MILLIS));
        switch (form) {
            case "sec" -> line.decimal(wallMillis / MILLIS);
            case "msec" -> line.decimal(wallMillis);
            case "iso" -> {
                line.quote();
                line.raw(isoSeconds);
                line.milliseconds((int) Math.floorMod(wallMillis, MILLIS));
                line.raw(isoOffset);
                line.quote();
            }
            default -> line.raw(apache);
        }
    }

    private void update(long newSecond) {
        if (newSecond != second) {
            second = newSecond;
            var time = Instant.ofEpochSecond(newSecond).atZone(zone);
            apache = Ascii.bytes(APACHE.format(time));
            isoSeconds = Ascii.bytes(ISO_SECONDS.format(time));
            isoOffset = Ascii.bytes(ISO_OFFSET.format(time));
        }
    }
}
