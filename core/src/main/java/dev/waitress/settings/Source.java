package dev.waitress.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One place where settings come from in their text form. */
public final class Source {
    /** Variables that hosting platforms set for whatever server runs there. */
    private static final Map<Setting<?>, String> PLATFORM =
            Map.of(Setting.PORT, "PORT", Setting.WORKERS, "WEB_CONCURRENCY");

    private final Settings settings;
    private final Function<Setting<?>, String> spelling;

    private Source(Map<String, String> given, Function<Setting<?>, String> spelling) {
        this.settings = Settings.ofText(given, spelling);
        this.spelling = spelling;
    }

    /**
     * Options of the command, in the order given.
     *
     * @param given by the settings' names with underscores
     * @throws SettingsException if one is unknown or not valid, or two exclude each other
     */
    public static Source options(Map<String, String> given) {
        return new Source(given, setting -> "--" + setting.option());
    }

    /**
     * Variables that are named {@code WAITRESS_} and the setting's name.
     *
     * @throws SettingsException if one is not valid, or two exclude each other
     */
    public static Source variables(Map<String, String> environment) {
        return new Source(given(environment, variables()), Setting::variable);
    }

    /**
     * A section of an ini file.
     *
     * @param section for messages, for example {@code [server:main]}
     * @param given by the settings' names
     * @throws SettingsException if one is unknown or not valid, or two exclude each other
     */
    public static Source section(String section, Map<String, String> given) {
        return new Source(given, setting -> section + " " + setting.name());
    }

    /**
     * {@code PORT} and {@code WEB_CONCURRENCY}, unless they are empty.
     *
     * @throws SettingsException if one is not valid
     */
    public static Source platform(Map<String, String> environment) {
        Map<String, String> given = given(environment, PLATFORM);
        given.values().removeIf(String::isBlank);
        return new Source(given, PLATFORM::get);
    }

    private static Map<Setting<?>, String> variables() {
        return Setting.textual().stream().collect(Collectors.toMap(Function.identity(), Setting::variable));
    }

    private static Map<String, String> given(Map<String, String> environment, Map<Setting<?>, String> variables) {
        Map<String, String> given = new LinkedHashMap<>();
        for (Setting<?> setting : Setting.textual()) {
            String value = environment.get(variables.getOrDefault(setting, ""));
            if (value != null) {
                given.put(setting.name(), value);
            }
        }
        return given;
    }

    /** What these sources say together; the first counts most. */
    public static Settings merge(List<Source> sources) {
        return sources.stream().map(source -> source.settings).reduce(Settings.defaults(), Settings::orElse);
    }

    /** Whether it says anything about this setting. */
    public boolean gives(Setting<?> setting) {
        return settings.isGiven(setting);
    }

    /** Its own name of this setting, for example {@code --port}. */
    public String spelling(Setting<?> setting) {
        return spelling.apply(setting);
    }
}
