package dev.waitress.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void nestsWhatIsNested() {
        assertThat(Json.text(Map.of("a", Arrays.asList(1, true, null, "b", List.of(), Map.of()))))
                .isEqualTo("{\"a\": [1, true, null, \"b\", [], {}]}");
    }

    @Test
    void escapesWhatWouldEndAText() {
        assertThat(Json.text("\"\\\n\0é😀\ud800")).isEqualTo("\"\\\"\\\\\\u000a\\u0000é\\ud83d\\ude00\\ud800\"");
    }
}
