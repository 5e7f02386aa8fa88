package dev.waitress.cli;

import dev.waitress.wsgi.Application;

/** A Java application that is named by its class. */
final class JavaApplication {
    private JavaApplication() {}

    /**
     * Makes an instance.
     *
     * @throws UsageException if there is no such class, or it is no application
     */
    static Application load(String className) throws UsageException {
        try {
            Object instance = Class.forName(className).getDeclaredConstructor().newInstance();
            if (instance instanceof Application application) {
                return application;
            }
            throw new UsageException("class " + className + " does not implement " + Application.class.getName());
        } catch (ClassNotFoundException e) {
            throw new UsageException("class " + className + " is not on the class path (set CLASSPATH)");
        } catch (ReflectiveOperationException e) {
            throw new UsageException(
                    "cannot make an instance of " + className + ": " + (e.getCause() == null ? e : e.getCause()));
        }
    }
}
