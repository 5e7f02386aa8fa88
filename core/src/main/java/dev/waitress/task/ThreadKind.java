package dev.waitress.task;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.lang.reflect.Method;

/** What runs the requests of a Java application; key {@code task_threads}. */
enum ThreadKind {
    /** Threads of the system. */
    PLATFORM {
        @Override
        Thread unstarted(String name, Runnable work) {
            return new Thread(work, name);
        }
    },

    /** Threads of Java 21 and newer (JEP 444): thousands that wait cost little. */
    VIRTUAL {
        // Java 17, for which this is compiled, has no such methods.
        @Override
        Thread unstarted(String name, Runnable work) {
            try {
                Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
                Class<?> type = Class.forName("java.lang.Thread$Builder");
                Method named = type.getMethod("name", String.class);
                Method unstarted = type.getMethod("unstarted", Runnable.class);
                return (Thread) unstarted.invoke(named.invoke(builder, name), work);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("Java has no virtual threads", e);
            }
        }
    };

    private static final int FIRST_WITH_VIRTUAL = 21;

    /**
     * The kind that the settings ask for.
     *
     * @throws SettingsException if this Java does not have it
     */
    static ThreadKind of(Settings settings) {
        return of(settings.get(Setting.TASK_THREADS), Runtime.version().feature());
    }

    static ThreadKind of(String word, int java) {
        ThreadKind wanted = word.equals("virtual") ? VIRTUAL : PLATFORM;
        if (wanted == VIRTUAL && java < FIRST_WITH_VIRTUAL) {
            throw new SettingsException(
                    "task_threads: virtual ones need Java " + FIRST_WITH_VIRTUAL + " or newer, this is " + java);
        }
        return wanted;
    }

    /** A thread that does this once it is started. */
    abstract Thread unstarted(String name, Runnable work);

    /** How many of so many places have a thread before there is a request. */
    int early(int places) {
        return this == VIRTUAL ? 0 : places;
    }
}
