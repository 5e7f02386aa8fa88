package dev.waitress.platform;

import java.util.Locale;

/**
 * Whether ways are taken that are quicker where something comes again or memory can be shared, and that lead to the
 * same answers. A test can have the long ways alone, or the short ones from the first time on.
 */
public enum Shortcuts {
    /** Nothing is remembered of what comes again, and front and worker share no memory. */
    NEVER,
    /** Where they are worth it. */
    USUAL,
    /** Everything counts as coming again. */
    ALWAYS;

    /** System property; the lower-case name of one of these. */
    public static final String PROPERTY = "waitress.shortcuts";

    /** Those that are worth it, or what the property names. */
    public static Shortcuts current() {
        String named = System.getProperty(PROPERTY, "");
        return named.isEmpty() ? USUAL : valueOf(named.trim().toUpperCase(Locale.ROOT));
    }

    /** Whether memory is shared where the system has such memory. */
    public boolean shareMemory() {
        return this != NEVER;
    }

    /**
     * How often something has to be met before it is remembered; 0 for never.
     *
     * @param usual how often where that is to be worth it; at least 1
     */
    public int timesUntilRemembered(int usual) {
        return switch (this) {
            case NEVER -> 0;
            case USUAL -> usual;
            case ALWAYS -> 1;
        };
    }
}
