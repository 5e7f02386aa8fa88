package dev.waitress.ini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.StartResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the corpus of cases does not show: the way in for programs. */
class IniFileTest {
    @TempDir
    private Path folder;

    private IniFile file(String... lines) throws IOException {
        return IniFile.read(Files.write(folder.resolve("main.ini"), List.of(lines)));
    }

    /** An application without a factory. */
    public static final class Echo implements Application {
        @Override
        public Iterable<byte[]> call(Map<String, Object> environ, StartResponse startResponse) {
            String shown = environ.get("SCRIPT_NAME") + " " + environ.get("PATH_INFO") + " " + environ.get("HTTP_HOST")
                    + " " + environ.get("wsgi.url_scheme");
            return List.of(shown.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A factory that cannot do it. */
    public static final class Broken implements ApplicationFactory {
        @Override
        public Application make(Configuration configuration) throws IOException {
            throw new IOException("the database is down");
        }
    }

    private static String use(Class<?> factory) {
        return "use = class:" + factory.getName();
    }

    private static String ask(Application application, String path) throws Exception {
        Map<String, Object> environ = new HashMap<>(
                Map.of("PATH_INFO", path, "SCRIPT_NAME", "", "HTTP_HOST", "h:1", "HTTP_X_FORWARDED_HOST", "proxy"));
        environ.put("wsgi.url_scheme", "http");
        byte[] block = application
                .call(environ, (status, headers) -> written -> {})
                .iterator()
                .next();
        return new String(block, StandardCharsets.UTF_8);
    }

    @Test
    void givesTheSettingsOfAServer() throws IOException {
        Settings settings =
                file("[server:main]", "use = egg:waitress#main", "threads = 8").settings();
        assertThat(settings.get(Setting.THREADS)).isEqualTo(8);
        assertThatThrownBy(() ->
                        file("[server:main]", "use = egg:waitress", "nope = 1").settings())
                .isInstanceOf(SettingsException.class)
                .hasMessage("Unknown adjustment 'nope'");
    }

    @Test
    void takesAnApplicationWithoutAFactoryAndTellsItNothing() throws Exception {
        assertThat(ask(file("[app:main]", use(Echo.class)).application(), "/x")).isEqualTo(" /x h:1 http");
        assertThatThrownBy(() -> file("[app:main]", use(Echo.class), "a = 1").application())
                .isInstanceOf(IniException.class)
                .hasMessageEndingWith("is no ApplicationFactory, and cannot be told a");
    }

    @Test
    void tellsThePrefixFilterItsOptions() throws Exception {
        Application application = file(
                        "[app:main]",
                        use(Echo.class),
                        "filter-with = prefix",
                        "[filter:prefix]",
                        "use = egg:pastedeploy#prefix",
                        "prefix = /p",
                        "translate_forwarded_server = No",
                        "force_port = 99",
                        "scheme = https")
                .application();
        assertThat(ask(application, "/p/x")).isEqualTo("/p /x h:99 https");
    }

    @Test
    void saysWhichFactoryFailed() {
        assertThatThrownBy(() -> file("[app:main]", use(Broken.class)).application())
                .isInstanceOf(IniException.class)
                .hasMessage("[app:main] in " + folder.resolve("main.ini") + ": class:" + Broken.class.getName()
                        + " failed: java.io.IOException: the database is down");
    }

    @Test
    void refusesWhatIsNoText() throws IOException {
        Path path = Files.write(folder.resolve("main.ini"), new byte[] {'[', (byte) 0xFC, ']'});
        assertThatThrownBy(() -> IniFile.read(path)).hasMessage("Error in file " + path + ": it is not UTF-8");
    }
}
