package dev.waitress.ini;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where something is that does not stand in the same file: {@code SCHEME:PLACE#NAME}.
 *
 * @param text as it was written
 * @param scheme in lower case
 * @param place a file, a distribution of Python, an object of Python, or a class
 * @param name what of it; {@code main} if that was left out
 */
record Address(String text, String scheme, String place, String name) {
    static final String CONFIG = "config";
    static final String EGG = "egg";
    static final String CALL = "call";
    static final String CLASS = "class";

    private static final Pattern BEGINNING = Pattern.compile("^[a-zA-Z]+:.*", Pattern.DOTALL);

    /** Whether this is an address and no name of a section. */
    static boolean isOne(String text) {
        return BEGINNING.matcher(text).matches();
    }

    /**
     * Takes an address apart.
     *
     * @throws IniException if its scheme is not known
     */
    static Address parse(String text) {
        int hash = text.indexOf('#');
        String before = hash < 0 ? text : text.substring(0, hash);
        int colon = before.indexOf(':');
        if (colon < 0) {
            throw new IniException("URI has no scheme: " + Quoted.text(before));
        }
        String scheme = before.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!Set.of(CONFIG, EGG, CALL, CLASS).contains(scheme)) {
            throw new IniException("URI scheme not known: " + Quoted.text(scheme) + " (from config, egg, call, class)");
        }
        return new Address(text, scheme, before.substring(colon + 1), hash < 0 ? "main" : text.substring(hash + 1));
    }

    /** Whether it is this entry point of a distribution of Python; case, hyphens and underscores do not distinguish. */
    boolean isEgg(String distribution, String entryPoint) {
        return scheme.equals(EGG) && normal(place).equals(normal(distribution)) && name.equals(entryPoint);
    }

    private static String normal(String distribution) {
        return distribution.strip().toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-");
    }
}
