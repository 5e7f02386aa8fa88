package dev.waitress.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The settings of one server: what was given, and the defaults for the rest. Immutable.
 *
 * <pre>{@code
 * Settings settings = Settings.defaults().with(Setting.PORT, 8041L).with(Setting.THREADS, 8L);
 * }</pre>
 */
public final class Settings {
    private static final Settings DEFAULTS = new Settings(Map.of());

    /** In the order in which they were given. */
    private final Map<Setting<?>, Object> given;

    private Settings(Map<Setting<?>, Object> given) {
        this.given = given;
    }

    public static Settings defaults() {
        return DEFAULTS;
    }

    /**
     * These settings with one more given.
     *
     * @throws SettingsException if the value is out of range
     */
    public <T> Settings with(Setting<T> setting, T value) {
        return put(setting, setting.check(value));
    }

    /**
     * These settings with one more given in its text form, as on a command line or in an ini file.
     *
     * @param name the setting's name, with underscores
     * @throws SettingsException if there is no such setting or its text is not valid
     */
    public Settings withText(String name, String text) {
        Setting<?> setting =
                Setting.named(name).orElseThrow(() -> new SettingsException("Unknown adjustment '" + name + "'"));
        return put(setting, setting.parse(text));
    }

    private Settings put(Setting<?> setting, Object value) {
        Map<Setting<?>, Object> more = new LinkedHashMap<>(given);
        more.put(setting, value);
        return new Settings(more);
    }

    /** The value given for it, or its default. */
    @SuppressWarnings("unchecked") // put only under the setting of the same type
    public <T> T get(Setting<T> setting) {
        Object value = given.get(setting);
        return value == null ? setting.defaultValue() : (T) value;
    }

    /** The value of a setting whose range is within {@code int}. */
    public int getInt(Setting<Long> setting) {
        return Math.toIntExact(get(setting));
    }

    public boolean isGiven(Setting<?> setting) {
        return given.containsKey(setting);
    }

    /**
     * Refuses settings that exclude each other. Who opens listeners calls it first.
     *
     * @throws SettingsException naming both
     */
    public Settings requireConsistent() {
        refuse(isGiven(Setting.LISTEN) && hostOrPort(), "host or port may not be set if listen is set.");
        refuse(isGiven(Setting.UNIX_SOCKET) && hostOrPort(), "unix_socket may not be set if host or port is set");
        refuse(isGiven(Setting.UNIX_SOCKET) && isGiven(Setting.LISTEN), "unix_socket may not be set if listen is set");
        return this;
    }

    /** The addresses to listen on in the form of {@link Setting#LISTEN}; none with a Unix socket. */
    public List<String> addresses() {
        if (!get(Setting.UNIX_SOCKET).isEmpty()) {
            return List.of();
        }
        return hostOrPort() ? List.of(get(Setting.HOST) + ":" + get(Setting.PORT)) : get(Setting.LISTEN);
    }

    private boolean hostOrPort() {
        return Stream.of(Setting.HOST, Setting.PORT).anyMatch(this::isGiven);
    }

    private static void refuse(boolean condition, String message) {
        if (condition) {
            throw new SettingsException(message);
        }
    }
}
