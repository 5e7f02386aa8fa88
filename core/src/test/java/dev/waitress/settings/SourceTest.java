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
        assertThatThrownBy(() -> merge("max_request_body_size=x", ""))
                .hasMessageStartingWith("--max-request-body-size: must be a whole number");
        assertThatThrownBy(() -> merge("", "WAITRESS_PORT=many")).hasMessageStartingWith("WAITRESS_PORT: must be");
        assertThatThrownBy(() -> merge("", "WEB_CONCURRENCY=many")).hasMessageStartingWith("WEB_CONCURRENCY: must be");
        assertThatThrownBy(() -> merge("", "WAITRESS_HOST=a WAITRESS_LISTEN=b:1"))
                .hasMessage("host or port may not be set if listen is set.");
    }

    private static Settings merge(String options, String environment) {
        return Source.merge(sources(options, environment)).requireConsistent();
    }

    @ParameterizedTest
    @CsvSource({
        "threads=3, WAITRESS_THREADS=many",
        "port=1, WAITRESS_PORT=many",
        "port=1, PORT=many",
        "listen=a:1, WAITRESS_PORT=many",
        "listen=a:1, WAITRESS_HOST=a WAITRESS_UNIX_SOCKET=u",
        "unix_socket=u, WAITRESS_HOST=a WAITRESS_LISTEN=b:1",
        "'', WAITRESS_WORKERS=2 WEB_CONCURRENCY=many",
    })
    void whatAStrongerSourceOverrulesDoesNoHarm(String options, String environment) {
        assertThat(merge(options, environment)).isNotNull();
    }

    /** What Kubernetes sets for a service named waitress, and Docker for a link to such a container. */
    @Test
    void whatOthersSetIsNotOurs() {
        String others = "WAITRESS_PORT=tcp://10.43.0.7:80 WAITRESS_SERVICE_HOST=10.43.0.7 WAITRESS_SERVICE_PORT=80"
                + " WAITRESS_SERVICE_PORT_HTTP=80 WAITRESS_PORT_80_TCP=tcp://10.43.0.7:80 WAITRESS_PORT_80_TCP_ADDR=10.43.0.7"
                + " WAITRESS_PORT_80_TCP_PORT=80 WAITRESS_PORT_80_TCP_PROTO=tcp WAITRESS_NAME=/shop/waitress"
                + " WAITRESS_ENV_LANG=C WAITRESS_SHOP_PORT=udp://10.43.0.8:53 WAITRESS_SHOP_SERVICE_HOST=10.43.0.8"
                + " WAITRESS_REUSE_PORT=tcp://10.43.0.9:80";
        assertThat(merge("", others).addresses()).containsExactly("0.0.0.0:8080");
        assertThat(merge("", others + " PORT=5000").addresses()).containsExactly("0.0.0.0:5000");
        assertThat(merge("", others).get(Setting.REUSE_PORT)).isFalse();
        assertThat(Variables.warnings(map(others))).isEmpty();
    }

    @Test
    void aVariableThatIsNoSettingIsToldOf() {
        String given =
                "WAITRESS_THRAEDS=3 WAITRESS_UNHEARD_OF=1 WAITRESS_THREADS=3 WAITRESS_SERVER_NAME=a WAITRESS_JAVA=java"
                        + " WAITRESS_JAVA_OPTS=-Xint WAITRESS_JAR=a.jar OTHER_THRAEDS=3";
        assertThat(Variables.warnings(map(given)))
                .containsExactly(
                        "the variable WAITRESS_THRAEDS is no setting; did you mean WAITRESS_THREADS?",
                        "the variable WAITRESS_UNHEARD_OF is no setting");
        assertThat(merge("", "WAITRESS_SERVER_NAME=a").get(Setting.SERVER_NAME)).isEqualTo("a");
    }
}
