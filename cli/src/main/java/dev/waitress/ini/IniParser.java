package dev.waitress.ini;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of an ini file by the rules of Python's {@code configparser}. Does no I/O.
 *
 * <pre>
 * # a comment, as is a line that begins with ;
 * [section name]
 * key = value ; this is still the value
 *     and so is a line that is indented deeper than its key
 * other key : value
 * </pre>
 */
final class IniParser {
    /** The section whose keys all others have too. */
    static final String DEFAULT = "DEFAULT";

    /** Deeper than any line. */
    private static final int NO_VALUE = Integer.MAX_VALUE;

    private final String file;
    private final RawSections sections = new RawSections(new LinkedHashMap<>(), new LinkedHashMap<>());
    private final List<String> broken = new ArrayList<>();

    private int lineNumber;
    private @Nullable Map<String, String> section;
    private String sectionName = "";
    private String key = "";
    private int keyIndent = NO_VALUE;

    private IniParser(String file) {
        this.file = file;
    }

    /**
     * Reads a whole file.
     *
     * @param file its name, for messages
     * @throws IniException naming file and line
     */
    static RawSections parse(String text, String file) {
        IniParser parser = new IniParser(file);
        text.lines().forEach(parser::line);
        parser.endValue();
        if (!parser.broken.isEmpty()) {
            throw new IniException(
                    "Source contains parsing errors: " + Quoted.text(file) + String.join("", parser.broken));
        }
        return parser.sections;
    }

    private void line(String line) {
        lineNumber++;
        String text = line.strip();
        if (text.isEmpty()) {
            continueValue("");
        } else if (text.charAt(0) != '#' && text.charAt(0) != ';') {
            int indent = line.indexOf(text);
            if (indent > keyIndent) {
                continueValue(text);
            } else {
                begin(text, indent);
            }
        }
    }

    private void continueValue(String text) {
        if (section != null && keyIndent != NO_VALUE) {
            section.merge(key, text, (before, more) -> before + "\n" + more);
        }
    }

    private void begin(String text, int indent) {
        endValue();
        int end = text.lastIndexOf(']');
        if (text.startsWith("[") && end > 1) {
            beginSection(text.substring(1, end));
        } else if (section == null) {
            throw new IniException("File contains no section headers.\nfile: " + Quoted.text(file) + ", line: "
                    + lineNumber + "\n" + Quoted.text(text));
        } else {
            beginKey(section, text, indent);
        }
    }

    private void beginSection(String name) {
        if (name.equals(DEFAULT)) {
            section = sections.defaults();
        } else {
            section = new LinkedHashMap<>();
            if (sections.named().putIfAbsent(name, section) != null) {
                throw twice("section " + Quoted.text(name));
            }
        }
        sectionName = name;
    }

    private void beginKey(Map<String, String> keys, String text, int indent) {
        int separator = separator(text);
        if (separator <= 0) {
            broken.add("\n\t[line " + lineNumber + "]: " + Quoted.text(text));
            return;
        }
        key = text.substring(0, separator).strip();
        keyIndent = indent;
        if (keys.putIfAbsent(key, text.substring(separator + 1).strip()) != null) {
            throw twice("option " + Quoted.text(key) + " in section " + Quoted.text(sectionName));
        }
    }

    /** Index of the first {@code =} or {@code :}; below 0 if there is none. */
    private static int separator(String text) {
        int equals = text.indexOf('=');
        int colon = text.indexOf(':');
        return equals < 0 || colon < 0 ? Math.max(equals, colon) : Math.min(equals, colon);
    }

    /** Empty lines at the end of a value do not belong to it. */
    private void endValue() {
        if (section != null && keyIndent != NO_VALUE) {
            section.computeIfPresent(key, (name, value) -> value.stripTrailing());
        }
        keyIndent = NO_VALUE;
    }

    private IniException twice(String what) {
        return new IniException(
                "While reading from " + Quoted.text(file) + " [line " + lineNumber + "]: " + what + " already exists");
    }
}
