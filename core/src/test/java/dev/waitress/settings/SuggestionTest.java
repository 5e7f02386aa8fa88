package dev.waitress.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SuggestionTest {
    private static final List<String> SETTINGS =
            Setting.textual().stream().map(Setting::name).toList();

    @ParameterizedTest
    @CsvSource({
        "prot, port",
        "theads, threads",
        "lisen, listen",
        "unixsocket, unix_socket",
        "access_logfile, access_log",
        "port_8041, port",
        "hots, host",
    })
    void isTheNearestName(String wrong, String meant) {
        assertThat(Suggestion.nearest(wrong, SETTINGS)).contains(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nope", "foo", "x", "", "worker_class"})
    void isNoneWhereNothingIsNear(String wrong) {
        assertThat(Suggestion.nearest(wrong, SETTINGS)).isEmpty();
    }

    @Test
    void standsInTheRefusalOfAnUnknownSetting() {
        assertThatThrownBy(() -> Settings.ofText(Map.of("prot", "80")))
                .hasMessage("Unknown adjustment 'prot'; did you mean 'port'?");
        assertThatThrownBy(() -> Settings.ofText(Map.of("nope", "80"))).hasMessage("Unknown adjustment 'nope'");
    }
}
