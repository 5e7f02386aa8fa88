package dev.waitress.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Writes docs/settings.md from the table when run with {@code -Dwaitress.write=true}, else compares. */
class SettingsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "settings.md");

    private static final String INTRODUCTION = """
            # Settings

            <!-- Made from the table in Setting.java: mvn -q test -pl core -Dtest=SettingsPageTest -Dwaitress.write=true -->

            A setting means the same wherever it is given. The first of these that gives it counts:

            1. the command line: `--port=8041` or `--port 8041`; a flag is `--ipv6` or `--no-ipv6`;
            2. the environment: `WAITRESS_PORT=8041`, `WAITRESS_IPV6=no`;
            3. what hosting platforms set: `PORT` for `port`, `WEB_CONCURRENCY` for `workers` (empty is as good as unset);
            4. the default.

            `host` with `port`, `listen`, `unix_socket` and `sockets` are four ways to say where to listen: one place that gives
            two of them is in error, and one that comes first replaces those that come later (`--listen=*:80` beside `PORT=5000`
            listens on 80 only; `--host=::1` beside it on `[::1]:5000`). What is replaced is not looked at, and need not be valid.
            `--print-settings` shows every value and where it comes from.

            A variable that begins with `WAITRESS_` and is no setting is told of at the start. What Kubernetes and Docker set where
            a service or a container is named `waitress` (`WAITRESS_PORT=tcp://10.43.0.7:80`, `WAITRESS_SERVICE_HOST`) is not ours.

            In Java, `Settings.defaults().with(Setting.PORT, 8041)` gives a typed value; the environment is read only where the
            caller asks for it: `Source.merge(List.of(Source.variables(System.getenv())))`.

            A value that is not valid ends the start with one line that names the setting, the value and what would be valid.
            Whole numbers may have a sign and spaces around; flags are `true`/`t`/`yes`/`y`/`on`/`1` or
            `false`/`f`/`no`/`n`/`off`/`0`/nothing. Sizes are bytes, times seconds.
            """;

    @Test
    void isThatOfTheTable() throws IOException {
        if (Boolean.getBoolean("waitress.write")) {
            Files.writeString(PAGE, page());
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page());
    }

    private static String page() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (Group group : Group.values()) {
            page.append("\n## ").append(group.title()).append("\n\n");
            page.append("| setting | must be | default | meaning |\n| --- | --- | --- | --- |\n");
            Setting.all().stream()
                    .filter(setting -> setting.group() == group)
                    .forEach(setting -> page.append(row(setting)));
        }
        return page.toString();
    }

    private static String row(Setting<?> setting) {
        String value = Setting.text(setting.defaultValue());
        return "| `" + setting.name() + "` | " + setting.valid() + " | " + (value.isEmpty() ? "" : "`" + value + "`")
                + " | " + setting.doc() + " |\n";
    }
}
