package dev.waitress.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormatTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/openmetrics-text",
                "application/openmetrics-text; version=1.0.0",
                "Application/OpenMetrics-Text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                "text/plain;q=0.5, application/openmetrics-text;q=0.5",
                "text/html,application/openmetrics-text;version=0.0.1;q=0.001",
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=1.0.0;q=0.3",
            })
    void isOpenMetricsForWhoPrefersThat(String accept) {
        assertThat(Format.accepted(accept)).isEqualTo(Format.OPENMETRICS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*/*",
                "text/plain",
                "application/openmetrics-text;q=0",
                "application/openmetrics-text;q=0.2,text/plain;q=0.3",
                "application/openmetrics-textual",
                "xapplication/openmetrics-text",
                "application/json, \"application/openmetrics-text\"",
                ",;,;q=,/",
            })
    void isPrometheusForAllOthers(String accept) {
        assertThat(Format.accepted(accept)).isEqualTo(Format.PROMETHEUS);
    }
}
