package dev.waitress.otlp;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;

/** What spans are of: the service, and what else the environment says. */
final class Resource {
    private static final String SERVICE_NAME = "service.name";
    private static final String ATTRIBUTES_VARIABLE = "OTEL_RESOURCE_ATTRIBUTES";
    private static final String DEFAULT_SERVICE = "waitress";

    private Resource() {}

    /** Its attributes. The setting counts more than {@code OTEL_SERVICE_NAME}, and that more than the others. */
    static Map<String, String> of(Settings settings, Map<String, String> environment) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put(SERVICE_NAME, DEFAULT_SERVICE);
        attributes.put("process.pid", String.valueOf(ProcessHandle.current().pid()));
        try {
            attributes.putAll(Pairs.read(environment.getOrDefault(ATTRIBUTES_VARIABLE, "")));
        } catch (IllegalArgumentException e) {
            // OpenTelemetry wants all of it ignored then.
            System.getLogger("waitress")
                    .log(Level.WARNING, "the variable " + ATTRIBUTES_VARIABLE + " is ignored: " + e.getMessage());
        }
        for (String name :
                new String[] {environment.getOrDefault("OTEL_SERVICE_NAME", ""), settings.get(Setting.SERVICE_NAME)}) {
            if (!name.isBlank()) {
                attributes.put(SERVICE_NAME, name);
            }
        }
        return attributes;
    }
}
