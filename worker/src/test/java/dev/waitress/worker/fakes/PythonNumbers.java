package dev.waitress.worker.fakes;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Constants that both sides of a protocol have, by their names. */
public final class PythonNumbers {
    private static final Pattern CONSTANT = Pattern.compile("(?m)^_?([A-Z]\\w*) = (\\d+)$");

    private PythonNumbers() {}

    /** Those of a Python module, of which private ones begin with a low line. */
    public static Map<String, Integer> of(Path module) throws IOException {
        Map<String, Integer> numbers = new TreeMap<>();
        for (Matcher found = CONSTANT.matcher(Files.readString(module)); found.find(); ) {
            numbers.put(found.group(1), Integer.valueOf(found.group(2)));
        }
        return numbers;
    }

    /** Those of a class, private ones too. */
    public static Map<String, Integer> of(Class<?> side) throws IllegalAccessException {
        Map<String, Integer> numbers = new TreeMap<>();
        for (Field field : side.getDeclaredFields()) {
            // What runs tests to see what they cover adds fields of its own.
            if (field.getType() == int.class && !field.isSynthetic()) {
                field.setAccessible(true);
                numbers.put(field.getName(), field.getInt(null));
            }
        }
        return numbers;
    }
}
