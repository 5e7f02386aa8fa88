package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waitress.net.Binder;
import dev.waitress.net.Listener;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesTest {
    /** Settings are separated by semicolons. */
    private static String resolve(String given) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (!given.isEmpty()) {
            Arrays.stream(given.split(";", -1))
                    .map(entry -> entry.split("=", 2))
                    .forEach(entry -> settings.put(entry[0], entry[1]));
        }
        List<String> addresses = Addresses.resolve(Settings.ofText(settings)).stream()
                .map(Listener::text)
                .toList();
        return String.join(" ", addresses);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\" | 0.0.0.0:8080",
                "listen=127.0.0.1 | 127.0.0.1:8080",
                "listen=127.0.0.1:80 127.0.0.1:80 | 127.0.0.1:80",
                "listen=127.0.0.1:0 127.0.0.1:0 | 127.0.0.1:0 127.0.0.1:0",
                "listen=127.0.0.1:1   127.0.0.1:2 | 127.0.0.1:1 127.0.0.1:2",
                "listen=*:80;ipv6=no | 0.0.0.0:80",
                "port=8041 | 0.0.0.0:8041",
                "host=127.0.0.1;port=8041 | 127.0.0.1:8041",
            })
    void ofIpv4(String given, String addresses) {
        assertThat(resolve(given)).isEqualTo(addresses);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "listen=*:80 | 0.0.0.0:80 [::]:80",
                "listen=*:80;ipv4=no | [::]:80",
                "listen=*:80 0.0.0.0:80 [::]:80 | 0.0.0.0:80 [::]:80",
                "listen=*:0 | 0.0.0.0:0 [::]:0",
                "listen=[::1] | [::1]:8080",
                "listen=[::1]:81 | [::1]:81",
                "listen=::1:81 | [::1]:81",
                "listen=[fe80::1%2]:80 | [fe80::1%2]:80",
                "listen=[fe80::1%2]:80 [fe80::1%3]:80 | [fe80::1%2]:80",
                "host=::1 | [::1]:8080",
                "host=* | 0.0.0.0:8080 [::]:8080",
            })
    void ofBothFamilies(String given, String addresses) {
        assumeTrue(Binder.hasIpv6(), "this machine has no IPv6");
        assertThat(resolve(given)).isEqualTo(addresses);
    }

    @Test
    void ofANameWithSeveral() throws IOException {
        String expected = String.join(
                " ",
                Arrays.stream(InetAddress.getAllByName("localhost"))
                        .map(address -> address.getAddress().length == 4 ? "127.0.0.1:80" : "[::1]:80")
                        .distinct()
                        .toList());
        assertThat(resolve("listen=localhost:80")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "listen=::1 | '::1'; did you mean '[::1]'?",
                "listen=:8080 | ':8080' has no host; did you mean '0.0.0.0:8080'?",
                "listen=8080 | '8080' has no host; did you mean '0.0.0.0:8080'?",
                "host= | ':8080' has no host; did you mean '0.0.0.0:8080'?",
                "listen=127.0.0.1:80,127.0.0.1:81 | '127.0.0.1:80,127.0.0.1:81'; did you mean '127.0.0.1:80"
                        + " 127.0.0.1:81'?",
                "listen=http://127.0.0.1:80 | 'http://127.0.0.1:80'; did you mean '127.0.0.1:80'?",
                "listen=https://[::1]:80/shop | 'https://[::1]:80/shop'; did you mean '[::1]:80'?",
                "listen=unix:/run/x.sock | 'unix:/run/x.sock'; did you mean unix_socket='/run/x.sock'?",
                "listen=localhst..:80 | 'localhst..:80'; did you mean 'localhost:80'?",
                "listen=127.0.0.1:nosuch | '127.0.0.1:nosuch'",
                "listen=127.0.0.1:-1 | '127.0.0.1:-1'",
                "listen=127.0.0.1: | '127.0.0.1:'; did you mean '127.0.0.1'?",
                "listen=127.0.0.1:65536 | '127.0.0.1:65536'",
                "listen=127.0.0.1:80 127.0.0.1:x | '127.0.0.1:x'",
                "ipv4=no | '0.0.0.0:8080'",
                "listen=[::1]:80;ipv6=no | '[::1]:80'",
            })
    void areRefusedByTheirEntry(String given, String entry) {
        assertThatThrownBy(() -> resolve(given))
                .isInstanceOf(SettingsException.class)
                .hasMessage("Invalid host/port specified: " + entry);
    }

    @Test
    void takeTheirPortFromTheNameOfAService() {
        assertThat(ServiceNames.port("www", List.of("# names", "domain 53/udp", "http\t80/tcp www # web")))
                .isEqualTo(80);
        assertThat(ServiceNames.port("domain", List.of("domain 53/udp"))).isEqualTo(-1);
        assumeTrue(Files.exists(Path.of("/etc/services")), "this system has no names of services");
        assertThat(resolve("listen=127.0.0.1:http")).isEqualTo("127.0.0.1:80");
    }
}
