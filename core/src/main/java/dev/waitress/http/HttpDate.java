package dev.waitress.http;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** The date of RFC 9110 §5.6.7 (IMF-fixdate), written once a second. One thread. */
public final class HttpDate {
    // By hand: a formatter would first read what the JDK knows of the world's languages, which a start would wait for.
    private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

    private static final int ONE_DIGIT = 10;

    private long second = Long.MIN_VALUE;
    private byte[] line = new byte[0];

    /** A whole Date field with its line end, for this time in milliseconds since 1970; the years 1000 to 9999. */
    public byte[] fieldAt(long epochMillis) {
        long now = Math.floorDiv(epochMillis, 1000L);
        if (now != second) {
            second = now;
            line = Ascii.bytes("Date: " + text(LocalDateTime.ofEpochSecond(now, 0, ZoneOffset.UTC)) + "\r\n");
        }
        return line;
    }

    private static String text(LocalDateTime time) {
        String day = DAYS.get(time.getDayOfWeek().getValue() - 1);
        String month = MONTHS.get(time.getMonthValue() - 1);
        String date = day + ", " + two(time.getDayOfMonth()) + " " + month + " " + time.getYear();
        return date + " " + two(time.getHour()) + ":" + two(time.getMinute()) + ":" + two(time.getSecond()) + " GMT";
    }

    private static String two(int number) {
        return (number < ONE_DIGIT ? "0" : "") + number;
    }
}
