package dev.waitress.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @ParameterizedTest
    @CsvSource({
        "port, ' 8041 ', 8041",
        "ipv4, ' Off ', false",
        "expose_tracebacks, YES, true",
        "unix_socket_perms, 0o600, 384",
        "unix_socket_perms, 660, 432",
        "url_prefix, '///foo//bar///', /foo//bar",
        "url_prefix, /, ''",
        "ident, '', ''",
    })
    void readText(String name, String text, String value) {
        Setting<?> setting = Setting.named(name).orElseThrow();
        assertThat(Settings.defaults().withText(name, text).get(setting)).hasToString(value);
    }

    @ParameterizedTest
    @CsvSource({
        "port, 65536, 'port: must be from 0 to 65535, got ''65536'''",
        "port, -1, 'port: must be from 0 to 65535, got ''-1'''",
        "port, x, 'port: must be a whole number, got ''x'''",
        "threads, 0, 'threads: must be from 1 to 10000, got ''0'''",
        "ipv4, maybe, 'ipv4: must be true or false, got ''maybe'''",
        "unix_socket_perms, 888, 'unix_socket_perms: must be octal digits, got ''888'''",
        "nope, 1, Unknown adjustment 'nope'",
    })
    void refuseWhatIsNotValid(String name, String text, String message) {
        assertThatThrownBy(() -> Settings.defaults().withText(name, text))
                .isInstanceOf(SettingsException.class)
                .hasMessage(message);
    }

    @Test
    void checkTypedValuesToo() {
        assertThat(Settings.defaults().with(Setting.PORT, 65_535L).get(Setting.PORT))
                .isEqualTo(65_535);
        assertThatThrownBy(() -> Settings.defaults().with(Setting.PORT, 65_536L))
                .hasMessageStartingWith("port: ");
    }

    @Test
    void splitListsOnWhiteSpaceOnly() {
        assertThat(Settings.defaults().withText("listen", " a:1\n b:2,c ").addresses())
                .containsExactly("a:1", "b:2,c");
    }

    @Test
    void makeOneAddressOfHostAndPort() {
        assertThat(Settings.defaults().addresses()).containsExactly("0.0.0.0:8080");
        assertThat(Settings.defaults().with(Setting.PORT, 1L).addresses()).containsExactly("0.0.0.0:1");
        assertThat(Settings.defaults().with(Setting.HOST, "::1").addresses()).containsExactly("::1:8080");
        assertThat(Settings.defaults().with(Setting.UNIX_SOCKET, "x").addresses())
                .isEmpty();
    }

    @Test
    void refuseWhatExcludesEachOther() {
        Settings listen = Settings.defaults().with(Setting.LISTEN, List.of("a"));
        assertThatThrownBy(listen.with(Setting.PORT, 1L)::requireConsistent)
                .hasMessage("host or port may not be set if listen is set.");
        assertThatThrownBy(listen.with(Setting.UNIX_SOCKET, "x")::requireConsistent)
                .hasMessage("unix_socket may not be set if listen is set");
        assertThatThrownBy(
                        Settings.defaults().with(Setting.UNIX_SOCKET, "x").with(Setting.HOST, "a")::requireConsistent)
                .hasMessage("unix_socket may not be set if host or port is set");
    }
}
