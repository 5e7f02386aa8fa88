package dev.waitress.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceTest {
    private static Map<String, String> map(String entries) {
        Map<String, String> map = new LinkedHashMap<>();
        Arrays.stream(entries.trim().split(" ", -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> entry.split("=", 2))
                .forEach(entry -> map.put(entry[0], entry[1]));
        return map;
    }

    private static List<Source> sources(String options, String environment) {
        return List.of(
                Source.options(map(options)), Source.variables(map(environment)), Source.platform(map(environment)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            emptyValue = "",
            value = {
                "'' | '' | 0.0.0.0:8080",
                "'' | PORT=5000 | 0.0.0.0:5000",
                "'' | PORT= | 0.0.0.0:8080",
                "'' | PORT=5000 WAITRESS_PORT=6000 | 0.0.0.0:6000",
                "port=7000 | PORT=5000 WAITRESS_PORT=6000 | 0.0.0.0:7000",
                "host=::1 | PORT=5000 | ::1:5000",
                "listen=a:1 | PORT=5000 WAITRESS_HOST=b | a:1",
                "'' | PORT=5000 WAITRESS_LISTEN=b:2 | b:2",
                "port=1 | WAITRESS_LISTEN=b:2 | 0.0.0.0:1",
                "unix_socket=u | PORT=5000 WAITRESS_LISTEN=b:2 | ''",
            })
    void theStrongestSaysWhereToListen(String options, String environment, String addresses) {
        Settings settings = Source.merge(sources(options, environment)).requireConsistent();
        assertThat(String.join(" ", settings.addresses())).isEqualTo(addresses);
    }

    @Test
    void theEnvironmentGivesAnySetting() {
        Settings settings =
                Source.merge(sources("", "WEB_CONCURRENCY=3 WAITRESS_THREADS=8 WAITRESS_IPV6=no WAITRESS_SERVE=x"));
        assertThat(settings.get(Setting.WORKERS)).isEqualTo(3);
        assertThat(settings.get(Setting.THREADS)).isEqualTo(8);
        assertThat(settings.get(Setting.IPV6)).isFalse();
    }

    @Test
    void aRefusalNamesTheSettingAsItWasGiven() {
        assertThatThrownBy(() -> sources("max_request_body_size=x", ""))
                .hasMessageStartingWith("--max-request-body-size: must be a whole number");
        assertThatThrownBy(() -> sources("", "WAITRESS_PORT=tcp://10.0.0.1:80"))
                .hasMessageStartingWith("WAITRESS_PORT: must be");
        assertThatThrownBy(() -> sources("", "WEB_CONCURRENCY=many"))
                .hasMessageStartingWith("WEB_CONCURRENCY: must be");
    }
}
