package dev.waitress.worker;

import dev.waitress.worker.wire.MarshalWriter;
import java.util.List;
import java.util.Map;

/**
 * How a worker finds the application that it runs.
 *
 * @param name {@code module:attribute}; with an ini file the name of a section
 * @param isFactory whether the attribute is called, without arguments, to make the application
 * @param iniFile absolute path of the ini file of PasteDeploy that describes the application and its logging; empty if
 *     there is none
 * @param variables what the ini file is told
 * @param path where modules are looked for: {@code sys.path}; empty for that of the worker, and the working directory
 */
public record PythonApplication(
        String name, boolean isFactory, String iniFile, Map<String, String> variables, List<String> path) {
    public PythonApplication {
        variables = Map.copyOf(variables);
        path = List.copyOf(path);
    }

    /** An attribute of a module. */
    public static PythonApplication named(String name, boolean isFactory) {
        return new PythonApplication(name, isFactory, "", Map.of(), List.of());
    }

    /** An attribute of a module that a program has named which has a path of its own. */
    static PythonApplication named(String name, List<String> path) {
        return new PythonApplication(name, false, "", Map.of(), path);
    }

    /** An application of an ini file. */
    public static PythonApplication inFile(String iniFile, String name, Map<String, String> variables) {
        return new PythonApplication(name, false, iniFile, variables, List.of());
    }

    /** What process lists show of it. */
    String title() {
        return iniFile.isEmpty() ? name : iniFile + "#" + name;
    }

    /** Five entries of a dictionary. */
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
        writer.text("path");
        writer.list(path.size());
        path.forEach(writer::text);
    }
}
