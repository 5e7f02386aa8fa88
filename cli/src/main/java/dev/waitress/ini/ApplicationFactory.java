package dev.waitress.ini;

import dev.waitress.wsgi.Application;

/**
 * Makes the application of a section: {@code [app:main] use = class:com.acme.Shop}, where the class implements this and
 * has a public constructor without parameters. So does {@code [composite:main]}, whose factory asks the configuration
 * for other applications.
 *
 * <p>A class that needs no configuration may implement {@link Application} itself instead.
 */
@FunctionalInterface
public interface ApplicationFactory {
    /**
     * Makes an application; called once for each place where the file names it.
     *
     * @throws Exception anything: the server does not start, and shows the message
     */
    Application make(Configuration configuration) throws Exception;
}
