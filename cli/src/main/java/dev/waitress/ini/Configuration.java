package dev.waitress.ini;

import dev.waitress.wsgi.Application;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an ini file tells a factory: the keys of its section, and those of {@code [DEFAULT]}. All values are text, with
 * their variables replaced. Immutable.
 */
public final class Configuration {
    /** Loads what a section of the same file describes. */
    interface Loader {
        PipelinePart load(SectionKind kind, String name, Map<String, String> global) throws IOException;
    }

    private final Map<String, String> global;
    private final Map<String, String> local;
    private final Loader loader;

    Configuration(Map<String, String> global, Map<String, String> local, Loader loader) {
        this.global = Collections.unmodifiableMap(new LinkedHashMap<>(global));
        this.local = Collections.unmodifiableMap(new LinkedHashMap<>(local));
        this.loader = loader;
    }

    /**
     * The global configuration: {@code [DEFAULT]}, the variables of whoever loads the file, {@code here} (the file's
     * directory) and {@code __file__}.
     */
    public Map<String, String> global() {
        return global;
    }

    /** The keys of the section itself, in their order. */
    public Map<String, String> local() {
        return local;
    }

    /**
     * Another application of the file: for factories of {@code [composite:…]} sections.
     *
     * @param name of its section, without {@code app:}; or an address, {@code config:other.ini#name}
     * @throws IniException if it cannot be made
     */
    public Application application(String name) throws IOException {
        return loader.load(SectionKind.APPLICATION, name, global).application();
    }

    /**
     * An application with a filter of the file before it.
     *
     * @param name of the filter's section, without {@code filter:}; or an address
     * @throws IniException if it cannot be made
     */
    public Application filter(String name, Application application) throws IOException {
        return loader.load(SectionKind.FILTER, name, global).before(application);
    }

    /** The same with more keys. */
    Configuration with(Map<String, String> moreGlobal, Map<String, String> moreLocal) {
        Map<String, String> globals = new LinkedHashMap<>(global);
        globals.putAll(moreGlobal);
        Map<String, String> locals = new LinkedHashMap<>(local);
        locals.putAll(moreLocal);
        return new Configuration(globals, locals, loader);
    }
}
