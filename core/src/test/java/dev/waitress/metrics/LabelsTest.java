package dev.waitress.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Nested
    class OfMethods {
        @ParameterizedTest
        @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "OTHER")
        void areTheirNames(Method method) {
            byte[] line = bytes(method.name() + " / HTTP/1.1");
            assertThat(Method.of(line)).isEqualTo(method);
            assertThat(method.label()).isEqualTo(method.name());
        }

        /** However many a client makes up. */
        @ParameterizedTest
        @ValueSource(strings = {"OTHER", "_OTHER", "get", "GETS", "GE", "", "\"", "M-SEARCH", "PROPFIND"})
        void areOneForAllOthers(String name) {
            assertThat(Method.of(bytes(name + " / HTTP/1.1"))).isEqualTo(Method.OTHER);
            assertThat(Method.OTHER.label()).isEqualTo("_OTHER");
        }

        @Test
        void areTakenFromNoPartOfALine() {
            assertThat(Method.of(bytes("GET"))).isEqualTo(Method.OTHER);
            assertThat(Method.of(new byte[0])).isEqualTo(Method.OTHER);
        }

        @Test
        void lookAtTheNameAlone() {
            assertThat(Method.of(bytes("xPOSTx"), 1, 5)).isEqualTo(Method.POST);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, none",
        "99, other",
        "100, 1xx",
        "199, 1xx",
        "200, 2xx",
        "299, 2xx",
        "304, 3xx",
        "404, 4xx",
        "499, 4xx",
        "500, 5xx",
        "599, 5xx",
        "600, other",
        "999, other"
    })
    void ofStatusesAreTheirFirstDigit(int status, String label) {
        assertThat(StatusClass.of(status).label()).isEqualTo(label);
    }
}
