package dev.waitress.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** IMF-fixdate, RFC 9110 §5.6.7. */
class HttpDateTest {
    private static String field(HttpDate date, long epochMillis) {
        return new String(date.fieldAt(epochMillis), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                0             | Thu, 01 Jan 1970 00:00:00 GMT
                784111777000  | Sun, 06 Nov 1994 08:49:37 GMT
                784111777999  | Sun, 06 Nov 1994 08:49:37 GMT
                1795440786000 | Mon, 23 Nov 2026 13:33:06 GMT
                1709251199000 | Thu, 29 Feb 2024 23:59:59 GMT
                """)
    void isInGreenwichAndEnglish(long epochMillis, String text) {
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
            assertThat(field(new HttpDate(), epochMillis)).isEqualTo("Date: " + text + "\r\n");
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }

    /** Of one year that has each date there is, with times of one and of two digits. */
    @ParameterizedTest
    @ValueSource(ints = {1, 12 * 3600 + 34 * 60 + 56})
    void isThatOfEveryDay(int secondOfDay) {
        DateTimeFormatter form = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);
        HttpDate date = new HttpDate();
        for (int day = 1; day <= 366; day++) {
            LocalDateTime time = LocalDate.ofYearDay(2028, day).atTime(LocalTime.ofSecondOfDay(secondOfDay));
            assertThat(field(date, time.toInstant(ZoneOffset.UTC).toEpochMilli()))
                    .isEqualTo("Date: " + form.format(time) + "\r\n");
        }
    }

    @Test
    void goesOnWithTheClock() {
        HttpDate date = new HttpDate();
        assertThat(date.fieldAt(1_000)).isSameAs(date.fieldAt(1_999));
        assertThat(field(date, 1_999)).contains("00:00:01");
        assertThat(field(date, 2_000)).contains("00:00:02");
    }
}
