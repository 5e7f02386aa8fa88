package dev.waitress.ini;

import java.util.Map;

/**
 * The sections of an ini file as they stand there: variables are not replaced yet.
 *
 * @param defaults the keys of {@code [DEFAULT]}
 * @param named the keys of every other section, by its name
 */
record RawSections(Map<String, String> defaults, Map<String, Map<String, String>> named) {}
