package dev.waitress;

import dev.waitress.settings.Suggestion;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What somebody meant whose entry stands for no address. */
final class AddressHint {
    private static final List<String> USUAL_HOSTS = List.of("localhost", "127.0.0.1", "0.0.0.0");
    private static final String EVERY_HOST = "0.0.0.0:";
    private static final String UNIX = "unix:";

    private static final Pattern URL = Pattern.compile("[a-z+]+://([^/]+).*");
    private static final Pattern PORT_ONLY = Pattern.compile(":?(\\d+)");
    private static final Pattern HOST_AND_PORT = Pattern.compile("([^:\\[\\]]+):?(\\d{0,5})");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F]*(:[0-9a-fA-F]*){2,}");

    private AddressHint() {}

    /** The end of a message: what was meant, in quotes, or nothing. */
    static String question(String entry) {
        return meant(entry).map(text -> "; did you mean " + text + "?").orElse("");
    }

    private static Optional<String> meant(String entry) {
        if (entry.startsWith(UNIX)) {
            return Optional.of("unix_socket='" + entry.substring(UNIX.length()).replaceFirst("^//(?=/)", "") + "'");
        }
        if (entry.contains(",") || entry.contains(";")) {
            return Optional.of(quoted(entry.replaceAll("[,;]+", " ").trim()));
        }
        Matcher url = URL.matcher(entry);
        if (url.matches()) {
            return Optional.of(quoted(url.group(1)));
        }
        Matcher port = PORT_ONLY.matcher(entry);
        if (port.matches()) {
            return Optional.of(quoted(EVERY_HOST + port.group(1)));
        }
        return IPV6.matcher(entry).matches() ? Optional.of(quoted("[" + entry + "]")) : usualHost(entry);
    }

    private static Optional<String> usualHost(String entry) {
        Matcher parts = HOST_AND_PORT.matcher(entry);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String port = parts.group(2).isEmpty() ? "" : ":" + parts.group(2);
        String host = parts.group(1);
        return USUAL_HOSTS.contains(host)
                ? Optional.of(quoted(host)).filter(bare -> entry.endsWith(":"))
                : Suggestion.nearest(host, USUAL_HOSTS).map(near -> quoted(near + port));
    }

    private static String quoted(String text) {
        return "'" + text + "'";
    }
}
