package dev.waitress.settings;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Environment variables whose names begin with {@code WAITRESS_}. Kubernetes and Docker make some of their own where a
 * service or a container is named {@code waitress}, and those say nothing of this server.
 */
public final class Variables {
    private static final String PREFIX = "WAITRESS_";

    /** What the commands look at, beside settings, and the checks of this project. */
    private static final Set<String> OF_COMMANDS =
            Set.of("WAITRESS_JAVA", "WAITRESS_JAVA_OPTS", "WAITRESS_JAR", "WAITRESS_SERVE");

    /** Made for each service or linked container, with its name in front. */
    private static final Pattern OF_LINKS = Pattern.compile(
            "WAITRESS_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?" + "|PORT_\\d+_(TCP|UDP|SCTP)(_.+)?|NAME|ENV_.+)");

    private static final Pattern LINK = Pattern.compile("(tcp|udp|sctp)://.*");

    private Variables() {}

    static Map<Setting<?>, String> ofSettings() {
        return Setting.textual().stream().collect(Collectors.toMap(Function.identity(), Setting::variable));
    }

    /** The environment without what was made by others, such as {@code WAITRESS_PORT=tcp://10.43.0.7:80}. */
    static Map<String, String> ours(Map<String, String> environment) {
        Map<String, String> ours = new HashMap<>(environment);
        ours.entrySet().removeIf(entry -> isLink(entry.getKey(), entry.getValue()));
        return ours;
    }

    private static boolean isLink(String name, String value) {
        boolean ofService = OF_LINKS.matcher(name).matches() && !ofSettings().containsValue(name);
        return ofService
                || name.startsWith(PREFIX)
                        && name.endsWith("_PORT")
                        && LINK.matcher(value).matches();
    }

    /** What to tell the operator about variables that look like settings and are none. */
    public static List<String> warnings(Map<String, String> environment) {
        Set<String> known = new TreeSet<>(OF_COMMANDS);
        known.addAll(ofSettings().values());
        return ours(environment).keySet().stream()
                .filter(name -> name.startsWith(PREFIX) && !known.contains(name))
                .sorted()
                .map(name -> "the variable " + name + " is no setting" + meant(name, known))
                .toList();
    }

    private static String meant(String name, Set<String> known) {
        List<String> ends = known.stream().map(Variables::end).toList();
        return Suggestion.nearest(end(name), ends)
                .map(end -> "; did you mean " + PREFIX + end + "?")
                .orElse("");
    }

    private static String end(String name) {
        return name.substring(PREFIX.length());
    }
}
