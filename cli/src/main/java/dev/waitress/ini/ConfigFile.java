package dev.waitress.ini;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One ini file that was read, with what its variables stand for.
 *
 * @param path absolute
 * @param sections what stands in it
 * @param defaults its {@code [DEFAULT]} and, where that lacks them, {@code here}, {@code __file__} and the variables of
 *     whoever reads it; not replaced
 */
record ConfigFile(Path path, RawSections sections, Map<String, String> defaults) {
    private static final String MAIN = "main";
    private static final String BYTE_ORDER_MARK = "\ufeff";

    static ConfigFile read(Path file, Map<String, String> variables) throws IOException {
        Path path = file.toAbsolutePath().normalize();
        RawSections sections = IniParser.parse(text(path), path.toString());
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put("here", String.valueOf(path.getParent()));
        defaults.put("__file__", path.toString());
        defaults.putAll(sections.defaults());
        variables.forEach(defaults::putIfAbsent);
        return new ConfigFile(path, sections, defaults);
    }

    private static String text(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new IniException("there is no file " + Quoted.text(path.toString()));
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(path)))
                    .toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new IniException("Error in file " + path + ": it is not UTF-8", e);
        }
    }

    /** The defaults with everything replaced. */
    Map<String, String> globals() {
        Map<String, String> globals = new LinkedHashMap<>(defaults);
        globals.replaceAll(
                (key, raw) -> new Substitution(path.toString(), IniParser.DEFAULT, key, defaults).replace(raw));
        return globals;
    }

    /** The keys of a section without the defaults, with everything replaced. */
    Map<String, String> values(String section) {
        Map<String, String> values = new LinkedHashMap<>(sections.named().getOrDefault(section, Map.of()));
        Map<String, String> variables = new HashMap<>(defaults);
        variables.putAll(values);
        values.replaceAll((key, raw) -> new Substitution(path.toString(), section, key, variables).replace(raw));
        return values;
    }

    /**
     * Name of the section that describes it.
     *
     * @throws IniException if there is none, or more than one
     */
    String find(SectionKind kind, String name) {
        List<String> found = new ArrayList<>();
        for (List<String> spellings : kind.prefixes()) {
            spellings.stream()
                    .map(prefix -> named(prefix, name))
                    .filter(names -> !names.isEmpty())
                    .findFirst()
                    .ifPresent(found::addAll);
        }
        if (found.isEmpty() && name.equals(MAIN)) {
            bare(kind).forEach(found::add);
        }
        String wanted =
                "section " + Quoted.text(name) + " (prefixed by " + kind.prefixText() + ") found in config " + path;
        if (found.isEmpty()) {
            throw new IniException("No " + wanted);
        }
        if (found.size() > 1) {
            throw new IniException("Ambiguous section names " + Quoted.list(found) + " for " + wanted);
        }
        return found.get(0);
    }

    private List<String> named(String prefix, String name) {
        return sections.named().keySet().stream()
                .filter(section -> section.startsWith(prefix + ":")
                        && section.substring(prefix.length() + 1).strip().equals(name))
                .toList();
    }

    /** {@code [app]} stands for {@code [app:main]}, as PasteDeploy's documentation has it, though not its code. */
    private Stream<String> bare(SectionKind kind) {
        return kind.prefixes().stream().flatMap(List::stream).filter(sections.named()::containsKey);
    }
}
