package dev.waitress.ini;

import dev.waitress.wsgi.Application;
import org.jspecify.annotations.Nullable;

/**
 * What a section says that makes it.
 *
 * @param section for messages: {@code [app:main] in FILE}
 * @param text as it stands there, for example {@code class:com.acme.Shop}
 * @param language whose object it is
 */
record Factory(String section, String text, Language language) {
    /** Whose objects a section names. */
    enum Language {
        JAVA,
        PYTHON,
        /** There is one of each language. */
        ANY
    }

    static Factory of(String section, Address address) {
        Language language = address.scheme().equals(Address.CLASS)
                ? Language.JAVA
                : address.isEgg("PasteDeploy", "prefix") ? Language.ANY : Language.PYTHON;
        return new Factory(section, address.text(), language);
    }

    Application application(Configuration configuration) {
        Object instance = instance();
        if (instance instanceof ApplicationFactory factory) {
            return made(() -> factory.make(configuration));
        }
        if (!(instance instanceof Application application)) {
            throw failure("implements neither ApplicationFactory nor Application", null);
        }
        if (!configuration.local().isEmpty()) {
            throw failure(
                    "is no ApplicationFactory, and cannot be told "
                            + String.join(", ", configuration.local().keySet()),
                    null);
        }
        return application;
    }

    Application filter(Application application, Configuration configuration) {
        if (language == Language.ANY) {
            return PrefixFilter.wrap(application, configuration);
        }
        if (instance() instanceof FilterFactory factory) {
            return made(() -> factory.wrap(application, configuration));
        }
        throw failure("does not implement FilterFactory", null);
    }

    private Object instance() {
        if (language != Language.JAVA) {
            throw failure("is Python's: an application in Java, and all before it, must be Java classes", null);
        }
        String name = Address.parse(text).place();
        try {
            return Class.forName(name).getConstructor().newInstance();
        } catch (ClassNotFoundException e) {
            throw failure("is not on the class path (set CLASSPATH)", e);
        } catch (ReflectiveOperationException e) {
            throw failure("cannot be made: " + (e.getCause() == null ? e : e.getCause()), e);
        }
    }

    private interface Making {
        Application make() throws Exception;
    }

    private Application made(Making making) {
        try {
            return making.make();
        } catch (IniException e) {
            throw e;
        } catch (Exception e) {
            throw failure("failed: " + e, e);
        }
    }

    private IniException failure(String message, @Nullable Exception cause) {
        return new IniException(section + ": " + text + " " + message, cause);
    }
}
