package dev.waitress.ini;

import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ini file in the form of PasteDeploy, whose applications are Java classes. Immutable.
 *
 * <pre>{@code
 * IniFile file = IniFile.read(Path.of("production.ini"));
 * Waitress.serve(file.application(), file.settings());
 * }</pre>
 */
public final class IniFile {
    private static final String MAIN = "main";

    private final ConfigFile file;
    private final Map<String, String> variables;

    private IniFile(ConfigFile file, Map<String, String> variables) {
        this.file = file;
        this.variables = variables;
    }

    /**
     * Reads a file. Others that it names are read when they are needed.
     *
     * @throws IniException if it is no ini file
     */
    public static IniFile read(Path path) throws IOException {
        return read(path, Map.of());
    }

    /**
     * Reads a file that names variables of its reader's.
     *
     * @param variables for {@code %(name)s} where the file has no such key itself; factories find them in
     *     {@link Configuration#global()}
     * @throws IniException if it is no ini file
     */
    public static IniFile read(Path path, Map<String, String> variables) throws IOException {
        Map<String, String> given = Map.copyOf(variables);
        return new IniFile(ConfigFile.read(path, given), given);
    }

    /** The application {@code main}. See {@link #application(String)}. */
    public Application application() throws IOException {
        return application(MAIN);
    }

    /**
     * Makes an application with all its filters.
     *
     * @param name of its section, without {@code app:}, {@code pipeline:}, {@code composite:} or {@code filter-app:}
     * @throws IniException if there is none, or it is not Java's, or a factory fails
     */
    public Application application(String name) throws IOException {
        return resolve(SectionKind.APPLICATION, name).application();
    }

    /** What {@code [server:main]} says. See {@link #settings(String)}. */
    public Settings settings() throws IOException {
        return settings(MAIN);
    }

    /**
     * The settings of a server.
     *
     * @param name of its section, without {@code server:}
     * @throws IniException if there is none, or it is not {@code egg:waitress#main}
     * @throws dev.waitress.settings.SettingsException if a setting is unknown or not valid
     */
    public Settings settings(String name) throws IOException {
        return Settings.ofText(server(name));
    }

    /**
     * The settings of a server as they stand in the file.
     *
     * @throws IniException as {@link #settings(String)}
     */
    public Map<String, String> server(String name) throws IOException {
        if (resolve(SectionKind.SERVER, name) instanceof PipelinePart.Made made
                && Address.isOne(made.factory().text())
                && Address.parse(made.factory().text()).isEgg("waitress", MAIN)) {
            return made.configuration().local();
        }
        throw new IniException("[server:" + name + "] in " + file.path() + " is not egg:waitress#main");
    }

    /**
     * Whether an application is Java's, and not Python's.
     *
     * @throws IniException if some of its parts are of the one and some of the other, or there is none
     */
    public boolean isJava(String name) throws IOException {
        List<Factory> factories = resolve(SectionKind.APPLICATION, name)
                .leaves()
                .map(PipelinePart.Made::factory)
                .filter(factory -> factory.language() != Factory.Language.ANY)
                .toList();
        for (Factory other : factories) {
            Factory first = factories.get(0);
            if (other.language() != first.language()) {
                throw new IniException("one application cannot be of Java and of Python: " + first.section() + " uses "
                        + first.text() + ", " + other.section() + " uses " + other.text());
            }
        }
        return factories.stream().anyMatch(factory -> factory.language() == Factory.Language.JAVA);
    }

    /**
     * The levels that {@code [logger_…]} sections give to loggers, as they stand there.
     *
     * @return by the loggers' names; that of the root is empty
     */
    public Map<String, String> logLevels() {
        Map<String, String> levels = new LinkedHashMap<>();
        for (String section : file.sections().named().keySet()) {
            if (section.startsWith("logger_")) {
                Map<String, String> values = file.values(section);
                String name = values.getOrDefault("qualname", section.substring("logger_".length()));
                String level = values.getOrDefault("level", "");
                if (!level.isEmpty()) {
                    levels.put(name.equals("root") ? "" : name, level);
                }
            }
        }
        return levels;
    }

    private PipelinePart resolve(SectionKind kind, String name) throws IOException {
        return new Resolver().resolve(file, file.path().toString(), kind, name, variables);
    }
}
