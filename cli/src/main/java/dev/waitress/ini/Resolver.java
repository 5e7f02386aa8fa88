package dev.waitress.ini;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Follows what sections say of one another, also into other files, until all that is left is to be made. */
final class Resolver {
    /** Bytes as an address has them; other percent signs stand for themselves. */
    private static final Pattern CODES = Pattern.compile("(?:%[0-9A-Fa-f]{2})+");

    /** The sections on the way to the one that is being read, to notice when they go round in a circle. */
    private final Deque<String> way = new ArrayDeque<>();

    /**
     * What a section or an address stands for.
     *
     * @param file where it is named
     * @param place the section where it is named, for messages
     * @param global the configuration of whoever names it
     * @throws IniException if it makes no sense
     */
    PipelinePart resolve(ConfigFile file, String place, SectionKind kind, String name, Map<String, String> global)
            throws IOException {
        if (!Address.isOne(name)) {
            return section(file, kind, file.find(kind, name), global);
        }
        Address address = Address.parse(name);
        if (address.scheme().equals(Address.CONFIG)) {
            ConfigFile other = ConfigFile.read(beside(file, address.place()), global);
            return section(other, kind, other.find(kind, address.name()), global);
        }
        return new PipelinePart.Made(Factory.of(place, address), configuration(file, global, Map.of()));
    }

    private static Path beside(ConfigFile file, String place) {
        String decoded = CODES.matcher(place.replace('\\', '/'))
                .replaceAll(codes -> Matcher.quoteReplacement(decode(codes.group())));
        return file.path().resolveSibling(decoded);
    }

    private static String decode(String codes) {
        return new String(HexFormat.of().parseHex(codes.replace("%", "")), StandardCharsets.UTF_8);
    }

    Configuration configuration(ConfigFile file, Map<String, String> global, Map<String, String> local) {
        return new Configuration(
                global,
                local,
                (kind, name, globals) ->
                        new Resolver().resolve(file, file.path().toString(), kind, name, globals));
    }

    private PipelinePart section(ConfigFile file, SectionKind kind, String section, Map<String, String> global)
            throws IOException {
        String place = "[" + section + "] in " + file.path();
        if (way.contains(place)) {
            throw new IniException(place + " uses itself: " + String.join(" -> ", way) + " -> " + place);
        }
        way.addLast(place);
        try {
            return new SectionReader(this, file, kind, section, place, global).part();
        } finally {
            way.removeLast();
        }
    }
}
