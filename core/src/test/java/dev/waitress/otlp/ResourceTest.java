package dev.waitress.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.settings.Settings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourceTest {
    private static Map<String, String> of(String setting, String name, String attributes) {
        Map<String, String> environment = new HashMap<>();
        environment.put("OTEL_SERVICE_NAME", name);
        environment.put("OTEL_RESOURCE_ATTRIBUTES", attributes);
        return Resource.of(Settings.defaults().withText("service_name", setting), environment);
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', '', waitress",
        "'', '', service.name=a, a",
        "'', b, service.name=a, b",
        "c, b, service.name=a, c",
        "'', ' ', service.name=a, a",
    })
    void isTheServiceThatTheStrongestNames(String setting, String name, String attributes, String service) {
        assertThat(of(setting, name, attributes)).containsEntry("service.name", service);
    }

    @Test
    void hasWhatTheEnvironmentSaysMore() {
        assertThat(of("", "", "deployment.environment.name=production, team=%C3%A9%2Cb"))
                .containsEntry("deployment.environment.name", "production")
                .containsEntry("team", "\u00e9,b")
                .containsEntry(
                        "process.pid", String.valueOf(ProcessHandle.current().pid()));
    }

    @ParameterizedTest
    @CsvSource({"'team=a,b'", "'team=a,=b'", "'team=a,b=%4'"})
    void leavesOutWhatIsMalformedAltogether(String attributes) {
        try (LogCapture log = new LogCapture()) {
            assertThat(of("", "", attributes)).doesNotContainKey("team").containsEntry("service.name", "waitress");
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARNING:waitress:the variable OTEL_RESOURCE_ATTRIBUTES is ignored: ");
        }
    }
}
