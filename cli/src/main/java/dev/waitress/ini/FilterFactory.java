package dev.waitress.ini;

import dev.waitress.wsgi.Application;

/**
 * Puts a filter before an application: {@code [filter:log] use = class:com.acme.Log}, where the class implements this
 * and has a public constructor without parameters.
 */
@FunctionalInterface
public interface FilterFactory {
    /**
     * The application with the filter before it.
     *
     * @throws Exception anything: the server does not start, and shows the message
     */
    Application wrap(Application application, Configuration configuration) throws Exception;
}
