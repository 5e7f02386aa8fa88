package dev.waitress.ini;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads one section: sorts its keys, and follows those that name other sections. */
final class SectionReader {
    private static final Logger LOG = System.getLogger("waitress");

    private static final String SET = "set ";
    private static final String GET = "get ";

    private final Resolver resolver;
    private final ConfigFile file;
    private final SectionKind kind;
    private final String section;
    private final String place;

    /** The keys of the section itself; those that say what it is are taken out as they are used. */
    private final Map<String, String> local = new LinkedHashMap<>();

    private final Map<String, String> global;

    /** What the section sets in the global configuration. */
    private final Map<String, String> additions = new LinkedHashMap<>();

    /**
     * Sorts the keys.
     *
     * @param place for messages
     * @param callers the global configuration of whoever names the section, which comes before that of the file
     * @throws IniException if a variable cannot be replaced
     */
    SectionReader(
            Resolver resolver,
            ConfigFile file,
            SectionKind kind,
            String section,
            String place,
            Map<String, String> callers) {
        this.resolver = resolver;
        this.file = file;
        this.kind = kind;
        this.section = section;
        this.place = place;
        this.global = file.globals();
        global.putAll(callers);
        Map<String, String> values = file.values(section);
        values.forEach(this::sort);
        global.putAll(additions);
        values.forEach(this::copyGlobal);
    }

    private void sort(String key, String value) {
        if (key.startsWith(SET)) {
            additions.put(key.substring(SET.length()).strip(), value);
        } else if (key.startsWith(GET)) {
            return;
        } else if (file.defaults().containsKey(key)) {
            LOG.log(
                    Level.WARNING,
                    place + ": " + key + " has no effect, because it is in [DEFAULT] or among the variables given too");
        } else {
            local.put(key, value);
        }
    }

    private void copyGlobal(String key, String value) {
        if (key.startsWith(GET)) {
            String copied = global.get(value);
            if (copied == null) {
                throw new IniException(place + ": '" + key + "' asks for " + Quoted.text(value)
                        + ", which is not in the global configuration");
            }
            local.put(key.substring(GET.length()).strip(), copied);
        }
    }

    /** What the section stands for. */
    PipelinePart part() throws IOException {
        String outer = kind == SectionKind.SERVER ? null : local.remove("filter-with");
        local.remove("require"); // distributions of Python, which is not asked here
        PipelinePart part = describesA("pipeline") ? pipeline() : describesA("filter-app") ? filterApp() : loaded(kind);
        return outer == null ? part : new PipelinePart.Filtered(resolve(SectionKind.FILTER, outer), part);
    }

    private boolean describesA(String prefix) {
        return section.equals(prefix) || section.startsWith(prefix + ":");
    }

    private PipelinePart resolve(SectionKind wanted, String name) throws IOException {
        return resolver.resolve(file, place, wanted, name, global);
    }

    private PipelinePart pipeline() throws IOException {
        List<String> names = new ArrayList<>(List.of(require("pipeline").split("\\s+")));
        if (!local.isEmpty()) {
            throw new IniException("The [" + section + "] pipeline section in " + file.path()
                    + " has extra (disallowed) settings: " + String.join(", ", local.keySet()));
        }
        PipelinePart part = resolve(SectionKind.APPLICATION, names.remove(names.size() - 1));
        while (!names.isEmpty()) {
            part = new PipelinePart.Filtered(resolve(SectionKind.FILTER, names.remove(names.size() - 1)), part);
        }
        return part;
    }

    private PipelinePart filterApp() throws IOException {
        PipelinePart next = resolve(SectionKind.APPLICATION, require("next"));
        return new PipelinePart.Filtered(loaded(SectionKind.FILTER), next);
    }

    private String require(String key) {
        String value = local.remove(key);
        if (value == null || value.isBlank()) {
            throw new IniException("The [" + section + "] section in " + file.path() + " is missing a "
                    + Quoted.text(key) + " setting");
        }
        return value.strip();
    }

    private PipelinePart loaded(SectionKind wanted) throws IOException {
        String use = local.remove("use");
        if (use == null) {
            return explicit(wanted);
        }
        Map<String, String> added = new LinkedHashMap<>(additions);
        added.put("__file__", global.getOrDefault("__file__", ""));
        return resolve(wanted, use).with(added, local);
    }

    /** Named by a key of its own, {@code paste.app_factory = module:object}: always Python's. */
    private PipelinePart explicit(SectionKind wanted) {
        List<String> named = wanted.protocols().stream()
                .flatMap(protocols ->
                        protocols.stream().filter(local::containsKey).limit(1))
                .toList();
        if (named.isEmpty()) {
            throw new IniException("No loader given in section " + Quoted.text(section));
        }
        if (named.size() > 1) {
            throw new IniException("Multiple protocols given in section " + Quoted.text(section) + ": "
                    + named.stream()
                            .map(name ->
                                    "(" + Quoted.text(name) + ", " + Quoted.text(local.getOrDefault(name, "")) + ")")
                            .collect(Collectors.joining(", ", "[", "]")));
        }
        String object = local.remove(named.get(0));
        Factory factory = new Factory(place, named.get(0) + " = " + object, Factory.Language.PYTHON);
        return new PipelinePart.Made(factory, resolver.configuration(file, global, local));
    }
}
