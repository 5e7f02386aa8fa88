package dev.waitress.ini;

import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.StartResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Passes for an application, and shows how it was made; the factories are those of the cases. */
record Shown(String text) implements Application {
    @Override
    public Iterable<byte[]> call(Map<String, Object> environ, StartResponse startResponse) {
        return List.of();
    }

    private static Shown of(String kind, Map<String, String> local, Map<String, String> global, Application... inner) {
        Map<String, String> seen = new TreeMap<>(global);
        seen.keySet().removeAll(List.of("here", "__file__"));
        String inside =
                List.of(inner).stream().map(each -> ((Shown) each).text()).collect(Collectors.joining(", "));
        return new Shown(kind + "{" + pairs(local) + "}" + (seen.isEmpty() ? "" : "[" + pairs(seen) + "]")
                + (inner.length == 0 ? "" : "(" + inside + ")"));
    }

    static String pairs(Map<String, String> values) {
        return new TreeMap<>(values)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(", "))
                        .replace("\n", "\\n");
    }

    /** {@code $APP}. */
    public static final class App implements ApplicationFactory {
        @Override
        public Application make(Configuration configuration) {
            return of("app", configuration.local(), configuration.global());
        }
    }

    /** {@code $WHERE}. */
    public static final class Where implements ApplicationFactory {
        @Override
        public Application make(Configuration configuration) {
            String text = of("where", configuration.local(), Map.of()).text();
            Map<String, String> global = configuration.global();
            return new Shown(text + " " + global.get("here") + " " + global.get("__file__"));
        }
    }

    /** {@code $FILTER}. */
    public static final class Filter implements FilterFactory {
        @Override
        public Application wrap(Application application, Configuration configuration) {
            return of("filter", configuration.local(), configuration.global(), application);
        }
    }

    /** {@code $COMPOSITE}. */
    public static final class Composite implements ApplicationFactory {
        @Override
        public Application make(Configuration configuration) throws Exception {
            Application[] inner = new Application[configuration.local().size()];
            int i = 0;
            for (String name : configuration.local().values()) {
                inner[i++] = configuration.application(name);
            }
            return of("composite", configuration.local(), configuration.global(), inner);
        }
    }
}
