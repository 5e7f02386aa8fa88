package dev.waitress.settings;

import java.util.List;
import java.util.Set;

/**
 * Settings that say where to listen in different ways, so that only one of them may be given.
 *
 * @param message exact text of the refusal
 */
record Exclusion(Set<Setting<?>> some, Set<Setting<?>> others, String message) {
    /** In the order in which they are looked for. */
    private static final List<Exclusion> ALL = List.of(
            new Exclusion(
                    Set.of(Setting.LISTEN),
                    Set.of(Setting.HOST, Setting.PORT),
                    "host or port may not be set if listen is set."),
            new Exclusion(Set.of(Setting.LISTEN), Set.of(Setting.SOCKETS), "socket may not be set if listen is set."),
            new Exclusion(
                    Set.of(Setting.SOCKETS),
                    Set.of(Setting.HOST, Setting.PORT),
                    "host or port may not be set if sockets is set."),
            new Exclusion(
                    Set.of(Setting.SOCKETS),
                    Set.of(Setting.UNIX_SOCKET),
                    "unix_socket may not be set if sockets is set"),
            new Exclusion(
                    Set.of(Setting.UNIX_SOCKET),
                    Set.of(Setting.HOST, Setting.PORT),
                    "unix_socket may not be set if host or port is set"),
            new Exclusion(
                    Set.of(Setting.UNIX_SOCKET),
                    Set.of(Setting.LISTEN),
                    "unix_socket may not be set if listen is set"));

    /** Refuses settings of which one excludes another. */
    static void check(Set<Setting<?>> given) {
        for (Exclusion exclusion : ALL) {
            if (containsAny(given, exclusion.some) && containsAny(given, exclusion.others)) {
                throw new SettingsException(exclusion.message);
            }
        }
    }

    /** Whether this setting cannot stand beside those. */
    static boolean excludes(Set<Setting<?>> given, Setting<?> setting) {
        return ALL.stream()
                .anyMatch(exclusion -> exclusion.some.contains(setting) && containsAny(given, exclusion.others)
                        || exclusion.others.contains(setting) && containsAny(given, exclusion.some));
    }

    private static boolean containsAny(Set<Setting<?>> given, Set<Setting<?>> wanted) {
        return wanted.stream().anyMatch(given::contains);
    }
}
