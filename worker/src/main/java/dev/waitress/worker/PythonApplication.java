package dev.waitress.worker;

import dev.waitress.worker.wire.MarshalWriter;
import java.util.Map;

/**
 * How a worker finds the application that it runs.
 *
 * @param name {@code module:attribute}; with an ini file the name of a section
 * @param isFactory whether the attribute is called, without arguments, to make the application
 * @param iniFile absolute path of the ini file of PasteDeploy that describes the application and its logging; empty if
 *     there is none
 * @param variables what the ini file is told
 */
public record PythonApplication(String name, boolean isFactory, String iniFile, Map<String, String> variables) {
    public PythonApplication {
        variables = Map.copyOf(variables);
    }

    /** An attribute of a module. */
    public static PythonApplication named(String name, boolean isFactory) {
        return new PythonApplication(name, isFactory, "", Map.of());
    }

    /** An application of an ini file. */
    public static PythonApplication inFile(String iniFile, String name, Map<String, String> variables) {
        return new PythonApplication(name, false, iniFile, variables);
    }

    /** What process lists show of it. */
    String title() {
        return iniFile.isEmpty() ? name : iniFile + "#" + name;
    }

    /** Four entries of a dictionary. */
    void write(MarshalWriter writer) {
        writer.text("application");
        writer.text(name);
        writer.text("factory");
        writer.bool(isFactory);
        writer.text("ini");
        writer.text(iniFile);
        writer.text("variables");
        writer.dict();
        variables.forEach((key, value) -> {
            writer.text(key);
            writer.text(value);
        });
        writer.endDict();
    }
}
