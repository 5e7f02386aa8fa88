package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.settings.ProxyHeader;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    private static CommandLine parse(String arguments) throws UsageException {
        return CommandLine.parse(List.of(arguments.split(" ")));
    }

    @Test
    void takesValuesInBothForms() throws UsageException {
        CommandLine line = parse("--port=8041 --threads 8 --no-ipv6 m:a");
        assertThat(line.application()).isEqualTo("m:a");
        assertThat(line.settings()).isEqualTo(Map.of("port", "8041", "threads", "8", "ipv6", "false"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
                --port=8041 myapp:wsgifunc                                    | myapp:wsgifunc               | port=8041
                --listen=*:8041 myapp:wsgifunc                                | myapp:wsgifunc               | listen=*:8041
                --port=8041 --url-scheme=https myapp:wsgifunc                 | myapp:wsgifunc               | port=8041 url_scheme=https
                --call myapp.mymodule.app.wsgi_factory                        | myapp.mymodule.app.wsgi_factory | call
                --app=myapp:app --unix-socket=app.sock --unix-socket-perms=660 | myapp:app                    | unix_socket=app.sock unix_socket_perms=660
                """)
    void understandsTheWorkedExamples(String arguments, String application, String expected) throws UsageException {
        CommandLine line = parse(arguments);
        assertThat(line.application()).isEqualTo(application);
        assertThat(line.has(Option.CALL)).isEqualTo(expected.equals("call"));
        String settings = line.settings().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
        assertThat(settings).isEqualTo(expected.equals("call") ? "" : expected);
    }

    @Test
    void understandsTheExampleBehindARouter() throws UsageException {
        CommandLine line = CommandLine.parse(List.of(
                "--threads",
                "8",
                "--listen",
                "*:5000",
                "--trusted-proxy",
                "*",
                "--trusted-proxy-headers",
                "x-forwarded-proto x-forwarded-for",
                "--no-log-socket-errors",
                "shop.wsgi:application"));
        assertThat(line.application()).isEqualTo("shop.wsgi:application");
        Settings settings = Settings.ofText(line.settings());
        assertThat(settings.get(Setting.THREADS)).isEqualTo(8);
        assertThat(settings.get(Setting.LISTEN)).containsExactly("*:5000");
        assertThat(settings.get(Setting.TRUSTED_PROXY)).containsExactly("*");
        assertThat(settings.trustedProxyHeaders())
                .containsExactlyInAnyOrder(ProxyHeader.X_FORWARDED_PROTO, ProxyHeader.X_FORWARDED_FOR);
        assertThat(settings.get(Setting.LOG_SOCKET_ERRORS)).isFalse();
    }

    @Test
    void addsUpWhatIsWatched() throws UsageException {
        assertThat(parse("--reload --reload-extra=a --reload-extra=b/*.html m:a")
                        .settings())
                .isEqualTo(Map.of("reload", "true", "reload_extra", "a b/*.html"));
    }

    @Test
    void letsTheLastOneCountButAddsAddresses() throws UsageException {
        CommandLine line = parse("--port=1 --listen=a:1 --ipv4 --listen=b:2 --no-ipv4 --port=2 --app=m:a --app=m:b");
        assertThat(line.settings()).isEqualTo(Map.of("port", "2", "listen", "a:1 b:2", "ipv4", "false"));
        assertThat(line.application()).isEqualTo("m:b");
    }

    @Test
    void acceptsUniquePrefixesAndOptionsAfterTheApplication() throws UsageException {
        CommandLine line = parse("m:a --po=1 --exp");
        assertThat(line.application()).isEqualTo("m:a");
        assertThat(line.settings()).isEqualTo(Map.of("port", "1", "expose_tracebacks", "true"));
    }

    /** Options that Waitress does not have must not take a short form away from one that it has. */
    @Test
    void knowsTheShortFormsOfWaitress() throws UsageException {
        CommandLine line = parse("--p=8041 --r=100 --b=5 --no-c --no-log-s --ap=m:a");
        assertThat(line.application()).isEqualTo("m:a");
        assertThat(line.settings())
                .containsEntry("port", "8041")
                .containsEntry("recv_bytes", "100")
                .containsEntry("backlog", "5")
                .containsEntry("clear_untrusted_proxy_headers", "false")
                .containsEntry("log_socket_errors", "false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--listen=a", "--ident=a", "--port=1", "--app=a"})
    void aWholeNameIsNeverAmbiguous(String argument) throws UsageException {
        parse(argument);
    }

    @Test
    void takesTheApplicationFromAppOrBehindTheDashes() throws UsageException {
        assertThat(parse("--app=m:a").application()).isEqualTo("m:a");
        assertThat(parse("--port=1 -- m:a").application()).isEqualTo("m:a");
        assertThat(parse("-- --m:a").application()).isEqualTo("--m:a");
        assertThat(parse("--app-class=C --call").own(Option.APP_CLASS)).isEqualTo("C");
    }

    @ParameterizedTest
    @CsvSource({
        "-b 127.0.0.1:8000, listen, 127.0.0.1:8000",
        "-b127.0.0.1:8000, listen, 127.0.0.1:8000",
        "--bind=[::1]:8000, listen, [::1]:8000",
        "-b :8000, listen, 0.0.0.0:8000",
        "-b a:1 --bind b:2, listen, a:1 b:2",
        "'-b a:1,b:2', listen, a:1 b:2",
        "-b unix:/run/x.sock, unix_socket, /run/x.sock",
        "-b unix:///run/x.sock, unix_socket, /run/x.sock",
        "-b unix:x.sock, unix_socket, x.sock",
        "-w 4, workers, 4",
        "-w4, workers, 4",
    })
    void readsWhatUsersOfGunicornType(String arguments, String setting, String value) throws UsageException {
        CommandLine line = parse(arguments + " m:a");
        assertThat(line.settings()).isEqualTo(Map.of(setting, value));
        assertThat(line.application()).isEqualTo("m:a");
    }

    @Test
    void hasShortNamesForWhatIsAskedMost() throws UsageException {
        assertThat(parse("-h").has(Option.HELP)).isTrue();
        assertThat(parse("m:a -V").has(Option.VERSION)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "--theads=3, --threads",
        "--lisen x, --listen",
        "--no-ipv5, --no-ipv4",
        "-p 8080, --port",
        "--port-8041, --port",
        "--access-logfile=x, --access-log",
        "--bad-opt, ''",
        "-x, ''",
    })
    void asksWhatWasMeant(String arguments, String meant) {
        assertThatThrownBy(() -> parse(arguments + " m:a"))
                .isInstanceOfSatisfying(
                        UsageException.class, e -> assertThat(e.meant()).isEqualTo(meant));
    }

    @ParameterizedTest
    @CsvSource({
        "-w, option -w requires argument",
        "m:a -b, option -b requires argument",
        "--bad-opt m:a, option --bad-opt not recognized",
        "-p 8080 m:a, option -p not recognized",
        "--port-8041 m:a, option --port-8041 not recognized",
        "m:a --port, option --port requires argument",
        "--expose-tracebacks=1 m:a, option --expose-tracebacks must not have an argument",
        "--un=x m:a, option --un not a unique prefix",
        "--no-help m:a, option --no-help not recognized",
        "--no-call m:a, option --no-call not recognized",
        "--sockets=1 m:a, option --sockets not recognized",
        "--port=1, Specify an application",
        "m:a m:b, Provide only one WSGI app",
        "--app=m:a m:b, Provide only one WSGI app",
    })
    void saysWhatItDoesNotUnderstand(String arguments, String message) {
        assertThatThrownBy(() -> parse(arguments).application())
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }

    /** Every option of Waitress, so that its command lines work here. */
    @Test
    void knowsEveryOptionOfWaitress() throws UsageException {
        String valued = "host port listen threads url-scheme url-prefix backlog recv-bytes send-bytes outbuf-overflow"
                + " outbuf-high-watermark inbuf-overflow connection-limit cleanup-interval channel-timeout"
                + " max-request-header-size max-request-body-size ident asyncore-loop-timeout unix-socket"
                + " unix-socket-perms server-name app";
        for (String name : valued.split(" ", -1)) {
            parse("--" + name + "=1");
        }
        for (String name : "ipv4 ipv6 log-socket-errors expose-tracebacks asyncore-use-poll".split(" ", -1)) {
            parse("--" + name + " --no-" + name);
        }
    }

    @Test
    void explainsEverySettingInTheHelp() {
        String help = Help.text();
        assertThat(help).startsWith("Usage: ");
        assertThat(help.lines()).allMatch(line -> line.length() <= 80);
        assertThat(help.lines())
                .allMatch(
                        line -> line.matches(
                                "\\S.*| {2}(-., )?--\\S+( {2,}\\S.*)?| {7}waitress-serve .*| {27}\\S.*| {2}waitress-serve .*|"));
        assertThat(help).containsPattern("\nExamples:\n( {2}waitress-serve .*\n){3}$");
        String words = help.replaceAll("\\s+", " ");
        for (Setting<?> setting : Setting.textual()) {
            String name = (setting.isFlag() ? "[no-]" : "") + setting.option();
            if (setting.isSecret()) {
                assertThat(words).doesNotContain(" --" + name + "=");
                continue;
            }
            assertThat(words).contains(" --" + name).contains(setting.doc());
        }
        assertThat(words)
                .contains("--port=PORT TCP port; 0 takes a free one. Default: 8080.")
                .contains("--unix-socket-perms=MODE File mode of the Unix socket, octal. Default: 600.")
                .contains("--[no-]ipv4 Listen on the IPv4 addresses of a name or *. Default: on.");
    }
}
