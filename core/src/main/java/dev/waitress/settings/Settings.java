package dev.waitress.settings;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings of one server: what was given, and the defaults for the rest. Immutable.
 *
 * <pre>{@code
 * Settings settings = Settings.defaults().with(Setting.PORT, 8041).with(Setting.THREADS, 8);
 * }</pre>
 */
public final class Settings {
    private static final Settings DEFAULTS = new Settings(Map.of());

    /** More than these have not been measured. */
    private static final int MOST_AUTO_LOOPS = 4;

    /** In the order in which they were given. */
    private final Map<Setting<?>, Object> given;

    private Settings(Map<Setting<?>, Object> given) {
        this.given = given;
    }

    public static Settings defaults() {
        return DEFAULTS;
    }

    /**
     * Settings in their text form, as on a command line or in an ini file.
     *
     * @param given by their names with underscores
     * @throws SettingsException if two exclude each other; else if one is unknown or not valid
     */
    public static Settings ofText(Map<String, String> given) {
        return ofText(given, Setting::name);
    }

    /** What the messages call the settings is up to the caller. */
    static Settings ofText(Map<String, String> given, Function<Setting<?>, String> spelling) {
        Exclusion.check(given.keySet().stream()
                .flatMap(name -> Setting.named(name).stream())
                .collect(Collectors.toSet()));
        Map<Setting<?>, Object> values = new LinkedHashMap<>();
        given.forEach((name, text) -> {
            Setting<?> setting = Setting.require(name);
            values.put(setting, setting.parse(text, spelling.apply(setting)));
        });
        return new Settings(values);
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
     * These settings with one more number given.
     *
     * @throws SettingsException if it is out of range
     */
    public Settings with(Setting<Long> setting, long value) {
        return with(setting, Long.valueOf(value));
    }

    /**
     * These settings with one more given in its text form.
     *
     * @throws SettingsException if there is no such setting or its text is not valid
     */
    public Settings withText(String name, String text) {
        Setting<?> setting = Setting.require(name);
        return put(setting, setting.parse(text, name));
    }

    private Settings put(Setting<?> setting, Object value) {
        Map<Setting<?>, Object> more = new LinkedHashMap<>(given);
        more.put(setting, value);
        return new Settings(more);
    }

    /** These settings, and of the weaker ones those that nothing here replaces or excludes. */
    public Settings orElse(Settings weaker) {
        Map<Setting<?>, Object> merged = new LinkedHashMap<>(weaker.given);
        merged.keySet().removeIf(setting -> Exclusion.excludes(given.keySet(), setting));
        merged.putAll(given);
        return new Settings(merged);
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

    /** Whether a weaker word on this setting does not count: it is given here, or something that excludes it. */
    boolean overrules(Setting<?> setting) {
        return isGiven(setting) || Exclusion.excludes(given.keySet(), setting);
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
        Exclusion.check(given.keySet());
        if (!get(Setting.IPV4) && !get(Setting.IPV6)) {
            throw new SettingsException("ipv4 and ipv6 may not both be off.");
        }
        ProxyTrust.check(this);
        EncryptionRules.check(this);
        requireMeaningfulForks();
        if (isGiven(Setting.HEALTH_PATH)
                && !get(Setting.HEALTH)
                && get(Setting.HEALTH_LISTEN).isEmpty()) {
            throw new SettingsException("health_path has no meaning without setting health or health_listen");
        }
        if (get(Setting.METRICS_LISTEN).isEmpty() && (get(Setting.ADMIN_ACTIONS) || isGiven(Setting.ADMIN_TOKEN))) {
            throw new SettingsException("admin_actions and admin_token have no meaning without setting metrics_listen");
        }
        requireMeaningfulTraces();
        if (get(Setting.SOCKETS).stream().map(Settings::isUnix).distinct().count() > 1) {
            throw new SettingsException("Internet and UNIX sockets may not be mixed.");
        }
        return this;
    }

    private void requireMeaningfulTraces() {
        if (!get(Setting.TRACE)
                && (isGiven(Setting.TRACE_SAMPLE) || !get(Setting.OTLP_ENDPOINT).isEmpty())) {
            throw new SettingsException("trace_sample and otlp_endpoint have no meaning without setting trace");
        }
        if (isGiven(Setting.SERVICE_NAME) && get(Setting.OTLP_ENDPOINT).isEmpty()) {
            throw new SettingsException("service_name has no meaning without setting otlp_endpoint");
        }
    }

    private void requireMeaningfulForks() {
        boolean isPreloading = get(Setting.PRELOAD);
        if (!isPreloading && !get(Setting.POST_FORK).isEmpty()) {
            throw new SettingsException("post_fork has no meaning without setting preload");
        }
        if (isPreloading && get(Setting.RELOAD)) {
            throw new SettingsException("preload is for production, and reload for development: leave out one of them");
        }
    }

    /** Refuses those of these that are not as they are by default, for this reason. */
    void requireDefaults(List<Setting<?>> settings, String reason) {
        for (Setting<?> setting : settings) {
            if (!get(setting).equals(setting.defaultValue())) {
                throw new SettingsException(setting.name() + ": " + reason);
            }
        }
    }

    private static boolean isUnix(ServerSocketChannel socket) {
        try {
            return socket.getLocalAddress() instanceof UnixDomainSocketAddress;
        } catch (IOException e) {
            throw new SettingsException("sockets: one is closed");
        }
    }

    /** What to tell the operator about the settings given: what will go away. */
    public List<String> warnings() {
        Stream<String> deprecated = given.keySet().stream()
                .filter(Setting::isDeprecated)
                .map(setting -> setting.name() + " will be removed in a future release");
        return Stream.concat(deprecated, ProxyTrust.warning(this).stream()).toList();
    }

    /** The headers in which a trusted proxy speaks for its client. */
    public Set<ProxyHeader> trustedProxyHeaders() {
        return ProxyTrust.headers(this);
    }

    /**
     * Whether a trusted proxy may be the author of a request's head. One that speaks the PROXY protocol usually hands
     * on what its client wrote; only if headers are named that it sets is it more than that.
     */
    public boolean trustedProxySpeaksHttp() {
        return !get(Setting.PROXY_PROTOCOL)
                || !get(Setting.TRUSTED_PROXY_HEADERS).isEmpty();
    }

    /** Event loops for so many processors. */
    public int loops(int processors) {
        String wanted = get(Setting.LOOPS);
        return wanted.equals("auto")
                ? Math.max(1, Math.min(MOST_AUTO_LOOPS, processors - 1))
                : Integer.parseInt(wanted);
    }

    /** Whether TCP addresses speak HTTPS. */
    public boolean isEncrypting() {
        return EncryptionRules.isWanted(this);
    }

    /** {@code wsgi.url_scheme} of most requests. */
    public String usualScheme() {
        return isEncrypting() ? "https" : get(Setting.URL_SCHEME);
    }

    /** The addresses to listen on in the form of {@link Setting#LISTEN}; none with a Unix socket or open sockets. */
    public List<String> addresses() {
        if (!get(Setting.UNIX_SOCKET).isEmpty() || !get(Setting.SOCKETS).isEmpty()) {
            return List.of();
        }
        boolean hostOrPort = isGiven(Setting.HOST) || isGiven(Setting.PORT);
        return hostOrPort ? List.of(get(Setting.HOST) + ":" + get(Setting.PORT)) : get(Setting.LISTEN);
    }
}
