package dev.waitress.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One place where settings come from in their text form. */
public final class Source {
    /** Variables that hosting platforms set for whatever server runs there. */
    private static final Map<Setting<?>, String> PLATFORM =
            Map.of(Setting.PORT, "PORT", Setting.WORKERS, "WEB_CONCURRENCY");

    private final Map<String, String> given;
    private final Function<Setting<?>, String> spelling;

    private Source(Map<String, String> given, Function<Setting<?>, String> spelling) {
        this.given = given;
        this.spelling = spelling;
    }

    /**
     * Options of the command, in the order given.
     *
     * @param given by the settings' names with underscores
     */
    public static Source options(Map<String, String> given) {
        return new Source(given, setting -> "--" + setting.option());
    }

    /**
     * Variables that are named {@code WAITRESS_} and the setting's name, and were not set by others for their own ends.
     */
    public static Source variables(Map<String, String> environment) {
        return new Source(given(Variables.ours(environment), Variables.ofSettings()), Setting::variable);
    }

    /**
     * A section of an ini file.
     *
     * @param section for messages, for example {@code [server:main]}
     * @param given by the settings' names
     */
    public static Source section(String section, Map<String, String> given) {
        return new Source(given, setting -> section + " " + setting.name());
    }

    /** {@code PORT} and {@code WEB_CONCURRENCY}, unless they are empty. */
    public static Source platform(Map<String, String> environment) {
        Map<String, String> given = given(environment, PLATFORM);
        given.values().removeIf(String::isBlank);
        return new Source(given, PLATFORM::get);
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

    /**
     * What these sources say together; the first counts most. What a stronger one replaces or excludes is not looked
     * at.
     *
     * @throws SettingsException if a setting is unknown or not valid, or two of one source exclude each other
     */
    public static Settings merge(List<Source> sources) {
        Settings merged = Settings.defaults();
        for (Source source : sources) {
            merged = merged.orElse(source.beside(merged));
        }
        return merged;
    }

    private Settings beside(Settings stronger) {
        Map<String, String> counting = new LinkedHashMap<>(given);
        counting.keySet()
                .removeIf(
                        name -> Setting.named(name).filter(stronger::overrules).isPresent());
        return Settings.ofText(counting, spelling);
    }

    /** Whether it says anything about this setting. */
    public boolean gives(Setting<?> setting) {
        return given.containsKey(setting.name());
    }

    /** Its own name of this setting, for example {@code --port}. */
    public String spelling(Setting<?> setting) {
        return spelling.apply(setting);
    }
}
