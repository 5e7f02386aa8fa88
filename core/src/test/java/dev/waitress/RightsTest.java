package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RightsTest {
    private static final Settings NOBODY = Settings.defaults().with(Setting.USER, "nobody");

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"127.0.0.1:80, inet 127.0.0.1 80", "stdin, stdin", "*:80, both :: 80"})
    void opensTheOneSocket(String listen, String line) {
        Settings settings = NOBODY.with(Setting.LISTEN, List.of(listen));
        assertThat(Rights.plan(settings, true)).containsExactly("user nobody", "backlog 1024", "share 0", line);
    }

    @Test
    void opensAUnixSocket() {
        Settings settings = NOBODY.with(Setting.GROUP, "www")
                .with(Setting.UNIX_SOCKET, "/run/a socket")
                .with(Setting.UNIX_SOCKET_PERMS, 0660)
                .with(Setting.REUSE_PORT, true);
        assertThat(Rights.plan(settings, true))
                .containsExactly("user nobody", "group www", "backlog 1024", "share 1", "unix 660 /run/a socket");
    }

    @Test
    void opensNothingWhereNobodyListens() {
        assertThat(Rights.plan(NOBODY, false)).containsExactly("user nobody");
    }

    @Test
    void isNoMatterWithoutAUser() {
        assertThat(Rights.plan(Settings.defaults(), true)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:80 127.0.0.1:81", "stdin 127.0.0.1:80"})
    void refusesMoreThanOneSocket(String listen) {
        Settings settings = NOBODY.with(Setting.LISTEN, List.of(listen.split(" ")));
        assertThatThrownBy(() -> Rights.plan(settings, true))
                .hasMessageStartingWith("user: Java can take over one socket that root has opened, and these are 2: ");
    }

    @Test
    void refusesAGroupAlone() {
        Settings settings = Settings.defaults().with(Setting.GROUP, "www");
        assertThatThrownBy(() -> Rights.plan(settings, true))
                .hasMessage("group: the rights of root go with a user only: give --user too");
    }

    @Test
    void refusesAUserOnceJavaRuns() {
        assertThatThrownBy(() -> Server.start(NOBODY, (loop, directory) -> {
                    throw new IllegalStateException("nothing is started");
                }))
                .hasMessage("user: Java cannot become another user; let root start the command waitress-serve");
    }
}
