package dev.waitress.ini;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code %(name)s} in one value by another value of the file, and {@code %%} by a percent sign.
 *
 * @param file for messages
 * @param section that of the value, for messages
 * @param key that of the value, for messages
 * @param variables what the names stand for
 */
record Substitution(String file, String section, String key, Map<String, String> variables) {
    private static final Pattern REFERENCE = Pattern.compile("%\\(([^)]+)\\)s");

    /** Values within values: deeper ones are most likely a circle. */
    private static final int DEEPEST = 10;

    /**
     * The value with everything replaced.
     *
     * @throws IniException if it names what there is not, or a percent sign stands alone
     */
    String replace(String value) {
        StringBuilder replaced = new StringBuilder();
        replace(value, 1, replaced);
        return replaced.toString();
    }

    private void replace(String value, int depth, StringBuilder replaced) {
        if (depth > DEEPEST) {
            throw failure("Recursion limit exceeded in value substitution: option " + place()
                    + " contains an interpolation key which cannot be substituted in " + DEEPEST + " steps. Raw value: "
                    + raw());
        }
        Matcher reference = REFERENCE.matcher(value);
        int done = 0;
        for (int percent = value.indexOf('%'); percent >= 0; percent = value.indexOf('%', done)) {
            replaced.append(value, done, percent);
            if (value.startsWith("%%", percent)) {
                replaced.append('%');
                done = percent + 2;
            } else {
                require(reference, value, percent);
                replace(variable(reference.group(1)), depth + 1, replaced);
                done = reference.end();
            }
        }
        replaced.append(value, done, value.length());
    }

    private void require(Matcher reference, String value, int percent) {
        String rest = value.substring(percent);
        if (!rest.startsWith("%(")) {
            throw failure("'%' must be followed by '%' or '(', found: " + Quoted.text(rest));
        }
        if (!reference.find(percent) || reference.start() != percent) {
            throw failure("bad interpolation variable reference " + Quoted.text(rest));
        }
    }

    private String variable(String name) {
        String value = variables.get(name);
        if (value == null) {
            throw failure("Bad value substitution: option " + place() + " contains an interpolation key "
                    + Quoted.text(name) + " which is not a valid option name. Raw value: " + raw());
        }
        return value;
    }

    private String place() {
        return Quoted.text(key) + " in section " + Quoted.text(section);
    }

    private String raw() {
        return Quoted.text(variables.getOrDefault(key, ""));
    }

    private IniException failure(String message) {
        return new IniException("Error in file " + file + ": " + message);
    }
}
