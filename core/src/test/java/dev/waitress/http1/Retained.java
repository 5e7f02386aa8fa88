package dev.waitress.http1;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts what an object of ours holds in arrays, itself and through other objects of ours. */
final class Retained {
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private Retained() {}

    /**
     * Bytes of all arrays that are reached from an object.
     *
     * @param borrowed an array that is not the object's own
     */
    static long bytes(Object object, byte[] borrowed) {
        Retained retained = new Retained();
        retained.seen.add(borrowed);
        return retained.count(object);
    }

    private long count(@Nullable Object object) {
        if (object == null || !seen.add(object)) {
            return 0;
        }
        Class<?> type = object.getClass();
        if (type.isArray()) {
            return (long) Array.getLength(object) * (type.getComponentType() == byte.class ? 1 : Integer.BYTES);
        }
        long bytes = 0;
        if (type.getName().startsWith("dev.waitress.") && !type.isEnum()) {
            for (Field field : type.getDeclaredFields()) {
                bytes += Modifier.isStatic(field.getModifiers()) ? 0 : count(value(object, field));
            }
        }
        return bytes;
    }

    private static @Nullable Object value(Object object, Field field) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
