package dev.waitress.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.platform.Platform;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @ParameterizedTest
    @CsvSource({
        "port, ' 8041 ', 8041",
        "port, '+80', 80",
        "ipv4, ' Off ', false",
        "ipv4, '', false",
        "expose_tracebacks, YES, true",
        "unix_socket_perms, 0o600, 384",
        "unix_socket_perms, ' 0600 ', 384",
        "unix_socket_perms, 660, 432",
        "warmup_path, '/a?b=%20c', '/a?b=%20c'",
        "warmup_path, '', ''",
        "url_prefix, '///foo//bar///', /foo//bar",
        "url_prefix, ' /foo ', /foo",
        "url_prefix, /, ''",
        "url_prefix, //, ''",
        "ident, '', ''",
        "ident, ' ', ' '",
    })
    void readText(String name, String text, String value) {
        Setting<?> setting = Setting.named(name).orElseThrow();
        assertThat(Settings.ofText(Map.of(name, text)).get(setting)).hasToString(value);
    }

    @Test
    void refuseAPathThatNoSocketCanHave() {
        String longest = "/" + "s".repeat(102);
        assertThat(Settings.ofText(Map.of("unix_socket", longest)).get(Setting.UNIX_SOCKET))
                .isEqualTo(longest);
        String tooLong = "/" + "s".repeat(107);
        assertThatThrownBy(() -> Settings.ofText(Map.of("unix_socket", tooLong)))
                .hasMessage("unix_socket: must be a path of at most 107 bytes, 103 on macOS, got '" + tooLong + "'");
        assertThatThrownBy(() -> Settings.defaults().with(Setting.UNIX_SOCKET, tooLong))
                .isInstanceOf(SettingsException.class);
    }

    @Test
    void refuseAPathThatIsTooLongForTheSystem() {
        System.setProperty(Platform.PROPERTY, "macos");
        try {
            assertThatThrownBy(() -> Settings.ofText(Map.of("unix_socket", "/" + "s".repeat(103))))
                    .hasMessageContaining("103 on macOS");
        } finally {
            System.clearProperty(Platform.PROPERTY);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "port | 65536 | port: must be a whole number from 0 to 65535, got '65536'",
                "port | -1 | port: must be a whole number from 0 to 65535, got '-1'",
                "port | x | port: must be a whole number from 0 to 65535, got 'x'",
                "port | \"\" | port: must be a whole number from 0 to 65535, got ''",
                "port | 0x50 | port: must be a whole number from 0 to 65535, got '0x50'",
                "warmup_path | a | warmup_path: must be a path that begins with a slash, got 'a'",
                "warmup_path | /a b | warmup_path: must be a path that begins with a slash, got '/a b'",
                "warmup_path | /a#b | warmup_path: must be a path that begins with a slash, got '/a#b'",
                "threads | 0 | threads: must be a whole number from 1 to 10000, got '0'",
                "backlog | 0 | backlog: must be a whole number from 1 to 65535, got '0'",
                "recv_bytes | 0 | recv_bytes: must be a whole number from 1 to 16777216, got '0'",
                "connection_limit | 0 | connection_limit: must be a whole number from 1 to 1000000, got '0'",
                "max_request_body_size | 0 | max_request_body_size: must be a whole number of at least 1, got '0'",
                "asyncore_loop_timeout | 1k | asyncore_loop_timeout: must be a whole number from 1 to 315360000, got '1k'",
                "ipv4 | maybe | ipv4: must be true or false, got 'maybe'",
                "asyncore_use_poll | 2 | asyncore_use_poll: must be true or false, got '2'",
                "unix_socket_perms | 888 | unix_socket_perms: must be an octal file mode from 0 to 777, got '888'",
                "unix_socket_perms | 1777 | unix_socket_perms: must be an octal file mode from 0 to 777, got '1777'",
                "listen | \"  \" | listen: must be one or more of HOST, HOST:PORT, [IPV6], [IPV6]:PORT, stdin, separated by spaces, got '  '",
                "sockets | 3 | sockets: must be a list of bound ServerSocketChannels, given in code, got '3'",
                "trusted_proxy_count | 0 | trusted_proxy_count: must be a whole number from 1 to 2147483647, got '0'",
                "trusted_proxy | 10.0.0.0/33 | trusted_proxy: must be addresses, networks such as 10.0.0.0/8, localhost or *, got '10.0.0.0/33'",
                "request_id_header | X-Id: | request_id_header: must be the name of a header, got 'X-Id:'",
                "request_id_header | \"\" | request_id_header: must be the name of a header, got ''",
                "reload_extra | a [b | reload_extra: must be files, directories or globs such as templates/**/*.html, separated by spaces, got 'a [b'",
                "health_listen | stdin | health_listen: must be HOST:PORT or [IPV6]:PORT, separated by spaces, got 'stdin'",
                "health_listen | [::1] | health_listen: must be HOST:PORT or [IPV6]:PORT, separated by spaces, got '[::1]'",
                "health_listen | a:1 b | health_listen: must be HOST:PORT or [IPV6]:PORT, separated by spaces, got 'a:1 b'",
                "worker_exit | shop.leave | worker_exit: must be the name of a function, as MODULE:FUNCTION, got 'shop.leave'",
                "post_fork | shop: begin | post_fork: must be the name of a function, as MODULE:FUNCTION, got 'shop: begin'",
                "nope | 1 | Unknown adjustment 'nope'",
                "socket_options | TCP_NODELAY=0 | socket_options: must be IP_TOS, SO_KEEPALIVE, SO_RCVBUF, TCP_KEEPCNT, TCP_KEEPIDLE or TCP_KEEPINTVL, each with =NUMBER, separated by spaces, got 'TCP_NODELAY=0'",
                "socket_options | SO_RCVBUF=-1 | socket_options: must be IP_TOS, SO_KEEPALIVE, SO_RCVBUF, TCP_KEEPCNT, TCP_KEEPIDLE or TCP_KEEPINTVL, each with =NUMBER, separated by spaces, got 'SO_RCVBUF=-1'",
                "socket_options | 1 | socket_options: must be IP_TOS, SO_KEEPALIVE, SO_RCVBUF, TCP_KEEPCNT, TCP_KEEPIDLE or TCP_KEEPINTVL, each with =NUMBER, separated by spaces, got '1'",
            })
    void refuseWhatIsNotValid(String name, String text, String message) {
        assertThatThrownBy(() -> Settings.ofText(Map.of(name, text)))
                .isInstanceOf(SettingsException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ident", "server_name", "url_scheme"})
    void refuseALineEndInWhatBecomesPartOfAHead(String name) {
        assertThatThrownBy(() -> Settings.ofText(Map.of(name, "a\r\nX-Evil: c")))
                .isInstanceOf(SettingsException.class)
                .hasMessage(name + ": must be text without control characters, got 'a\\r\\nX-Evil: c'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u043F\u0430\u0440\u043E\u043B\u044C", "caf\u00E9", " ", "open ", "a\tb"})
    void refuseATokenThatAHeaderCannotSay(String token) {
        assertThatThrownBy(() -> Settings.ofText(Map.of("admin_token", token)))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("admin_token: must be visible ASCII characters, spaces between them only");
    }

    @Test
    void checkTypedValuesToo() {
        assertThat(Settings.defaults().with(Setting.PORT, 65_535).get(Setting.PORT))
                .isEqualTo(65_535);
        assertThatThrownBy(() -> Settings.defaults().with(Setting.PORT, 65_536)).hasMessageStartingWith("port: ");
        assertThat(Settings.defaults().with(Setting.UNIX_SOCKET_PERMS, 0600))
                .returns(384, settings -> settings.get(Setting.UNIX_SOCKET_PERMS));
    }

    @Test
    void takeSocketsThatAreBound() throws IOException {
        try (ServerSocketChannel socket = ServerSocketChannel.open()) {
            assertThatThrownBy(() -> Settings.defaults().with(Setting.SOCKETS, List.of(socket)))
                    .isInstanceOf(SettingsException.class);
            socket.bind(null);
            assertThat(Settings.defaults()
                            .with(Setting.SOCKETS, List.of(socket))
                            .addresses())
                    .isEmpty();
        }
    }

    @Test
    void splitListsOnWhiteSpaceOnly() {
        assertThat(Settings.ofText(Map.of("listen", " a:1\n b:2,c ")).addresses())
                .containsExactly("a:1", "b:2,c");
    }

    @Test
    void makeOneAddressOfHostAndPort() {
        assertThat(Settings.defaults().addresses()).containsExactly("0.0.0.0:8080");
        assertThat(Settings.defaults().with(Setting.PORT, 1).addresses()).containsExactly("0.0.0.0:1");
        assertThat(Settings.defaults().with(Setting.HOST, "::1").addresses()).containsExactly("::1:8080");
        assertThat(Settings.defaults().with(Setting.UNIX_SOCKET, "x").addresses())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // An earlier row counts before a later one, and both before values that are not valid.
                "port=x listen= sockets=1 unix_socket=u | host or port may not be set if listen is set.",
                "host=a listen=b | host or port may not be set if listen is set.",
                "listen=b sockets=1 unix_socket=u | socket may not be set if listen is set.",
                "sockets=1 unix_socket=u host=a | host or port may not be set if sockets is set.",
                "sockets=1 unix_socket=u | unix_socket may not be set if sockets is set",
                "unix_socket=u port=1 nope=1 | unix_socket may not be set if host or port is set",
                "unix_socket= listen=a | unix_socket may not be set if listen is set",
                "port=x nope=1 | port: must be a whole number from 0 to 65535, got 'x'",
                "nope=1 port=x | Unknown adjustment 'nope'",
            })
    void refuseWhatExcludesEachOtherFirst(String given, String message) {
        assertThatThrownBy(() -> settings(given))
                .isInstanceOf(SettingsException.class)
                .hasMessage(message);
    }

    @Test
    void refuseTypedValuesThatExcludeEachOther() {
        Settings listen = Settings.defaults().with(Setting.LISTEN, List.of("a"));
        assertThatThrownBy(listen.with(Setting.PORT, 1)::requireConsistent)
                .hasMessage("host or port may not be set if listen is set.");
        assertThatThrownBy(Settings.defaults().with(Setting.IPV4, false).with(Setting.IPV6, false)::requireConsistent)
                .hasMessage("ipv4 and ipv6 may not both be off.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "trusted_proxy_count=1 trusted_proxy_headers=nope | trusted_proxy_count has no meaning without setting trusted_proxy",
                "trusted_proxy= trusted_proxy_count=1 | trusted_proxy_count has no meaning without setting trusted_proxy",
                "trusted_proxy_headers=nope | trusted_proxy_headers has no meaning without setting trusted_proxy",
                "proxy_protocol=yes | proxy_protocol has no meaning without setting trusted_proxy",
                "proxy_protocol=yes trusted_proxy= | proxy_protocol has no meaning without setting trusted_proxy",
                "trusted_proxy=* trusted_proxy_headers=x_forwarded_for,forwarded"
                        + " | Received unknown trusted_proxy_headers value (x_forwarded_for,forwarded) expected one of"
                        + " x-forwarded-for, x-forwarded-host, x-forwarded-proto, x-forwarded-port, x-forwarded-by, forwarded",
                "trusted_proxy=* trusted_proxy_headers=Forwarded\tx-forwarded-foo\tnope"
                        + " | Received unknown trusted_proxy_headers value (x-forwarded-foo, nope) expected one of"
                        + " x-forwarded-for, x-forwarded-host, x-forwarded-proto, x-forwarded-port, x-forwarded-by, forwarded",
                "trusted_proxy=* trusted_proxy_headers=Forwarded\tX-Forwarded-By"
                        + " | The Forwarded proxy header and the X-Forwarded-{By,Host,Proto,Port,For} headers are mutually"
                        + " exclusive. Can't trust both!",
            })
    void refuseProxyHeadersThatMakeNoSense(String given, String message) {
        assertThatThrownBy(settings(given)::requireConsistent)
                .isInstanceOf(SettingsException.class)
                .hasMessage(message);
    }

    private static Settings settings(String given) {
        Map<String, String> settings = new LinkedHashMap<>();
        Arrays.stream(given.split(" ", -1))
                .map(entry -> entry.split("=", 2))
                .forEach(entry -> settings.put(entry[0], entry[1]));
        return Settings.ofText(settings);
    }

    @Test
    void takeProxyHeadersThatMakeSense() {
        Settings none = settings("trusted_proxy_headers= clear_untrusted_proxy_headers=no");
        assertThat(none.requireConsistent().trustedProxyHeaders()).isEmpty();
        assertThat(none.warnings()).isEmpty();
        Settings some =
                settings("trusted_proxy=::1\t10.0.0.0/8 trusted_proxy_headers=X-Forwarded-FOR\tx-forwarded-for");
        assertThat(some.requireConsistent().trustedProxyHeaders()).containsExactly(ProxyHeader.X_FORWARDED_FOR);
        assertThat(some.get(Setting.TRUSTED_PROXY)).containsExactly("::1", "10.0.0.0/8");
        assertThat(settings("trusted_proxy=* trusted_proxy_headers=Forwarded\tforwarded")
                        .requireConsistent()
                        .trustedProxyHeaders())
                .containsExactly(ProxyHeader.FORWARDED);
    }

    @Test
    void implyXForwardedProtoWithAWarning() {
        Settings settings = settings("trusted_proxy=*");
        assertThat(settings.requireConsistent().trustedProxyHeaders()).containsExactly(ProxyHeader.X_FORWARDED_PROTO);
        assertThat(settings.warnings())
                .containsExactly(
                        "No proxy headers were marked as trusted, but trusted_proxy was set. Implicitly trusting"
                                + " X-Forwarded-Proto for backwards compatibility. This will be removed in future"
                                + " versions of waitress.");
    }

    @Test
    void implyNothingWithTheProxyProtocol() {
        Settings settings = settings("trusted_proxy=* proxy_protocol=yes");
        assertThat(settings.requireConsistent().trustedProxyHeaders()).isEmpty();
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void warnOfWhatIsDeprecated() {
        assertThat(Settings.defaults().warnings()).isEmpty();
        assertThat(Settings.ofText(Map.of("send_bytes", "18000", "asyncore_loop_timeout", "1"))
                        .warnings())
                .containsExactly("send_bytes will be removed in a future release");
    }

    @Test
    void haveNamesAndWordsOfTheirOwn() {
        assertThat(Setting.all()).extracting(Setting::name).doesNotHaveDuplicates();
        for (Setting<?> setting : Setting.textual()) {
            assertThat(setting.doc()).as(setting.name()).endsWith(".").doesNotContain("|");
            // What the help shows as the default means the default.
            assertThat(setting.parse(Setting.text(setting.defaultValue()), "").equals(setting.defaultValue()))
                    .as(setting.name())
                    .isTrue();
        }
    }

    @Test
    void refuseForksTogetherWithWhatThatExcludes() {
        Settings hooked = Settings.ofText(Map.of("post_fork", "shop.hooks:begin"));
        assertThatThrownBy(hooked::requireConsistent).hasMessage("post_fork has no meaning without setting preload");
        Settings preloaded = hooked.with(Setting.PRELOAD, true).requireConsistent();
        assertThatThrownBy(() -> preloaded.with(Setting.RELOAD, true).requireConsistent())
                .hasMessage("preload is for production, and reload for development: leave out one of them");
        assertThatThrownBy(() -> Preload.refuse(preloaded, "no fork here")).hasMessage("preload: no fork here");
        Settings exiting =
                Settings.ofText(Map.of("worker_exit", "shop.hooks:leave")).requireConsistent();
        Preload.refuse(exiting, "no fork here");
        assertThatThrownBy(() -> Preload.refuseAll(exiting, "no workers")).hasMessage("worker_exit: no workers");
    }

    @ParameterizedTest
    @CsvSource({
        "trace_sample=0.5, trace_sample and otlp_endpoint have no meaning without setting trace",
        "otlp_endpoint=http://a, trace_sample and otlp_endpoint have no meaning without setting trace",
        "trace=yes service_name=shop, service_name has no meaning without setting otlp_endpoint",
    })
    void refuseTracesThatNobodyWants(String given, String message) {
        assertThatThrownBy(settings(given)::requireConsistent).hasMessage(message);
        settings(given + " trace=yes otlp_endpoint=http://a").requireConsistent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "0.0", "1.0", ".5", "1.", " 0.001 "})
    void takeRatios(String text) {
        assertThat(settings("trace=yes").withText("trace_sample", text).get(Setting.TRACE_SAMPLE))
                .isEqualTo(Double.parseDouble(text.trim()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-0.1", "1.0001", "2", "1e-2", "NaN", ".", "50%", "0x1", "1/2", "1d"})
    void refuseWhatIsNoRatio(String text) {
        assertThatThrownBy(() -> settings("trace=yes").withText("trace_sample", text))
                .hasMessageContaining("a number from 0 to 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://a",
                "https://otel_collector:4318/",
                "http://[::1]:65535/v1/traces",
                "http://10.0.0.1:1/otlp/x",
            })
    void takeAddressesOfCollectors(String text) {
        assertThat(settings("trace=yes").withText("otlp_endpoint", text).get(Setting.OTLP_ENDPOINT))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a:4318",
                "grpc://a:4317",
                "http://",
                "http://a:0",
                "http://a:65536",
                "http://a:x",
                "http://u:p@a",
                "http://a/?x",
                "http://a/#x",
                "http://a/ b",
                "http://a\n",
            })
    void refuseWhatIsNoAddressOfACollector(String text) {
        assertThatThrownBy(() -> settings("trace=yes").withText("otlp_endpoint", text))
                .hasMessageContaining("an address such as http://127.0.0.1:4318");
    }

    @Test
    void refuseAPathOfHealthThatNobodyAnswers() {
        Settings path = Settings.ofText(Map.of("health_path", "/health"));
        assertThatThrownBy(path::requireConsistent)
                .hasMessage("health_path has no meaning without setting health or health_listen");
        path.with(Setting.HEALTH, true).requireConsistent();
        path.with(Setting.HEALTH_LISTEN, List.of("[::1]:9000")).requireConsistent();
    }
}
