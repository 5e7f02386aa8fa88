package dev.waitress.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waitress.settings.Setting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    private static CommandLine parse(String arguments) throws UsageException {
        return CommandLine.parse(List.of(arguments.split(" ")));
    }

    @Test
    void takesValuesInBothForms() throws UsageException {
        CommandLine line = parse("--port=8041 --threads 8 --no-ipv6 m:a");
        assertThat(line.application()).isEqualTo("m:a");
        assertThat(line.settings().get(Setting.PORT)).isEqualTo(8041);
        assertThat(line.settings().get(Setting.THREADS)).isEqualTo(8);
        assertThat(line.settings().get(Setting.IPV6)).isFalse();
    }

    @Test
    void letsTheLastOneCountButAddsLists() throws UsageException {
        CommandLine line = parse("--port=1 --listen=a:1 --ipv4 --listen=b:2 --no-ipv4 --port=2 m:a");
        assertThat(line.settings().get(Setting.PORT)).isEqualTo(2);
        assertThat(line.settings().get(Setting.LISTEN)).containsExactly("a:1", "b:2");
        assertThat(line.settings().get(Setting.IPV4)).isFalse();
    }

    @Test
    void acceptsUniquePrefixesAndOptionsAfterTheApplication() throws UsageException {
        CommandLine line = parse("m:a --po=1 --exp");
        assertThat(line.application()).isEqualTo("m:a");
        assertThat(line.settings().get(Setting.PORT)).isEqualTo(1);
        assertThat(line.settings().get(Setting.EXPOSE_TRACEBACKS)).isTrue();
    }

    @Test
    void takesTheApplicationFromAppOrBehindTheDashes() throws UsageException {
        assertThat(parse("--app=m:a").application()).isEqualTo("m:a");
        assertThat(parse("--port=1 -- m:a").application()).isEqualTo("m:a");
        assertThat(parse("--app-class=C --call").appClass()).isEqualTo("C");
    }

    @ParameterizedTest
    @CsvSource({
        "--bad-opt m:a, option --bad-opt not recognized",
        "-p 8080 m:a, option -p not recognized",
        "--port-8041 m:a, option --port-8041 not recognized",
        "m:a --port, option --port requires argument",
        "--expose-tracebacks=1 m:a, option --expose-tracebacks must not have an argument",
        "--un=x m:a, option --un not a unique prefix",
        "--port=1, Specify an application",
        "m:a m:b, Provide only one WSGI app",
        "--app=m:a m:b, Provide only one WSGI app",
    })
    void saysWhatItDoesNotUnderstand(String arguments, String message) {
        assertThatThrownBy(() -> parse(arguments).requireOne())
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }

    @Test
    void explainsEverySettingInTheHelp() {
        String help = Help.text();
        assertThat(help).startsWith("Usage: ");
        for (Setting<?> setting : Setting.all()) {
            assertThat(help).contains(Option.of(setting).name()).contains(setting.doc());
        }
    }
}
