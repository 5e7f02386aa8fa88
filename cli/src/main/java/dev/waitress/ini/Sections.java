package dev.waitress.ini;

import java.util.Map;

/**
 * What stands in an ini file, as it stands there: variables are not replaced.
 *
 * @param defaults the keys of {@code [DEFAULT]}
 * @param named the keys of every other section, by its name
 */
record Sections(Map<String, String> defaults, Map<String, Map<String, String>> named) {}
