import static java.nio.charset.StandardCharsets.UTF_8;

import dev.waitress.ini.ApplicationFactory;
import dev.waitress.ini.Configuration;
import dev.waitress.ini.FilterFactory;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Header;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An application, a filter and a composite that {@code greeting.ini} puts together. */
public final class Greeting implements ApplicationFactory {
    @Override
    public Application make(Configuration configuration) {
        String text = configuration.local().getOrDefault("text", "Hello") + " from "
                + configuration.global().getOrDefault("place", "nowhere") + "\n";
        return (environ, startResponse) -> {
            startResponse.start("200 OK", new Header("Content-Type", "text/plain; charset=utf-8"));
            return List.of(text.getBytes(UTF_8));
        };
    }

    /** Adds a header to every answer. */
    public static final class Stamp implements FilterFactory {
        @Override
        public Application wrap(Application application, Configuration configuration) {
            Header stamp = new Header("X-Stamp", configuration.local().getOrDefault("text", ""));
            return (environ, startResponse) -> application.call(environ, (status, headers) -> {
                List<Header> more = new ArrayList<>(headers);
                more.add(stamp);
                return startResponse.start(status, more);
            });
        }
    }

    /** Chooses by the beginning of the path, the longest that fits: each key is one, its value the application's name. */
    public static final class Paths implements ApplicationFactory {
        @Override
        public Application make(Configuration configuration) throws Exception {
            Map<String, Application> applications = new TreeMap<>(Comparator.reverseOrder());
            for (var entry : configuration.local().entrySet()) {
                applications.put(entry.getKey(), configuration.application(entry.getValue()));
            }
            return (environ, startResponse) -> {
                String path = (String) environ.get("PATH_INFO");
                for (var entry : applications.entrySet()) {
                    if (path.startsWith(entry.getKey())) {
                        return entry.getValue().call(environ, startResponse);
                    }
                }
                startResponse.start("404 Not Found");
                return List.of();
            };
        }
    }
}
