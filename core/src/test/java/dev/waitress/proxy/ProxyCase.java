package dev.waitress.proxy;

import dev.waitress.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One case of wire/proxy-headers.txt, whose format is described there. */
public final class ProxyCase {
    private static final Path FILE = Path.of("..", "wire", "proxy-headers.txt");
    private static final Map<String, String> DEFAULTS = Map.of(
            "trusted_proxy",
            "PEER",
            "trusted_proxy_headers",
            "x-forwarded-for x-forwarded-host x-forwarded-proto x-forwarded-port x-forwarded-by");

    private final String name;
    private final Map<String, String> settings = new LinkedHashMap<>(DEFAULTS);
    private final StringBuilder fields = new StringBuilder();
    private final Map<String, String> changes = new TreeMap<>();
    private final List<String> logs = new ArrayList<>();
    private String refusal = "";

    private ProxyCase(String name) {
        this.name = name;
    }

    public static Stream<ProxyCase> all() throws IOException {
        List<ProxyCase> cases = new ArrayList<>();
        for (String line : Files.readAllLines(FILE, StandardCharsets.UTF_8)) {
            if (line.startsWith("case ")) {
                cases.add(new ProxyCase(line.substring("case ".length())));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                int space = line.indexOf(' ');
                cases.get(cases.size() - 1).add(line.substring(0, space), line.substring(space + 1));
            }
        }
        return cases.stream();
    }

    private void add(String kind, String text) {
        String[] pair = text.split("=", 2);
        switch (kind) {
            case "set" -> settings.put(pair[0], pair[1]);
            case "send" -> fields.append(text).append("\r\n");
            case "env" -> changes.put(pair[0], pair[1]);
            case "gone" -> changes.put(text, "(gone)");
            case "status" -> refusal = text;
            case "log" -> logs.add(text);
            default -> throw new IllegalArgumentException(kind + " " + text);
        }
    }

    public Settings settings(String peer) {
        Map<String, String> given = new LinkedHashMap<>(settings);
        given.replaceAll((key, value) -> value.replace("PEER", peer));
        return Settings.ofText(given).requireConsistent();
    }

    public String request() {
        return "GET / HTTP/1.1\r\nHost: orig.test\r\n" + fields + "\r\n";
    }

    /** The same request without the fields of the case. */
    public static String plainRequest() {
        return "GET / HTTP/1.1\r\nHost: orig.test\r\n\r\n";
    }

    /** Variables and their values; {@code (gone)} for those that go. */
    public Map<String, String> changes() {
        return changes;
    }

    /** How one environ differs from another, in the form of {@link #changes}. */
    public static Map<String, String> difference(Map<String, String> environ, Map<String, String> plain) {
        Map<String, String> difference = new TreeMap<>(environ);
        difference.entrySet().removeAll(plain.entrySet());
        Set<String> gone = new TreeSet<>(plain.keySet());
        gone.removeAll(environ.keySet());
        gone.forEach(key -> difference.put(key, "(gone)"));
        return difference;
    }

    public String refusal() {
        return refusal;
    }

    /** What is wrong with these lines of the log; null if nothing is. */
    public @Nullable String faultOf(List<String> lines, String peer) {
        for (String log : logs) {
            if (lines.stream().noneMatch(line -> line.contains(log.replace("PEER", peer)))) {
                return "nothing logged like: " + log;
            }
        }
        return lines.size() > logs.size() ? "logged: " + lines : null;
    }

    @Override
    public String toString() {
        return name;
    }
}
