package dev.waitress.ini;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One case of {@code ini/}, whose README explains their form. */
final class IniCase {
    private static final Map<String, String> FACTORIES = Map.of(
            "$APP", name(Shown.App.class),
            "$WHERE", name(Shown.Where.class),
            "$FILTER", name(Shown.Filter.class),
            "$COMPOSITE", name(Shown.Composite.class),
            "$BOM", "\ufeff");

    private final String title;
    private final Map<String, String> options = new LinkedHashMap<>();
    private final Map<String, List<String>> files = new LinkedHashMap<>();
    private final Map<String, List<String>> results = new LinkedHashMap<>();

    private IniCase(String title) {
        this.title = title;
    }

    private static String name(Class<?> factory) {
        return "class:" + factory.getName();
    }

    /** The cases of one file. */
    static List<IniCase> read(Path path) throws IOException {
        List<IniCase> cases = new ArrayList<>();
        List<String> into = new ArrayList<>();
        String rule = path.getFileName().toString().replace(".txt", ": ");
        for (String line : Files.readAllLines(path)) {
            if (line.startsWith("=== ")) {
                IniCase next = new IniCase(rule + line.substring("=== ".length()));
                cases.add(next);
                into = next.begin(next.files, "main.ini");
            } else {
                into = cases.get(cases.size() - 1).line(line, into);
            }
        }
        return cases;
    }

    private List<String> line(String line, List<String> into) {
        if (line.startsWith("@") && into.isEmpty()) {
            String[] option = (line.substring(1) + " ").split(" ", 2);
            options.put(option[0], option[1].strip());
            return into;
        }
        if (line.startsWith("-->")) {
            return begin(results, line.substring("-->".length()).strip());
        }
        if (line.startsWith("--- ")) {
            return begin(files, line.substring("--- ".length()));
        }
        into.add(line);
        return into;
    }

    private List<String> begin(Map<String, List<String>> parts, String name) {
        return parts.computeIfAbsent(name, unused -> new ArrayList<>());
    }

    void write(Path folder) throws IOException {
        for (var file : files.entrySet()) {
            String text = String.join("\n", file.getValue()) + "\n";
            for (var factory : FACTORIES.entrySet()) {
                text = text.replace(factory.getKey(), factory.getValue());
            }
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        }
    }

    /** Shows what it loads from where it was written. */
    String load(Path folder) throws IOException {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String pair : options.getOrDefault("variables", "").split(" ", -1)) {
            if (!pair.isEmpty()) {
                variables.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
            }
        }
        IniFile file = IniFile.read(folder.resolve("main.ini"), variables);
        if (options.containsKey("server")) {
            return "server{" + Shown.pairs(file.server("main")) + "}";
        }
        String name = options.getOrDefault("name", "main");
        boolean unused = file.isJava(name); // refuses an application of two languages
        return file.application(name) instanceof Shown shown ? shown.text() : "an application";
    }

    boolean isError() {
        return resultName().endsWith("error");
    }

    /** The lines of the result. */
    List<String> expected() {
        return results.getOrDefault(resultName(), List.of()).stream()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private String resultName() {
        return results.keySet().stream()
                .filter(name -> name.isEmpty() || name.equals("error") || name.startsWith("Java"))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String toString() {
        return title;
    }
}
