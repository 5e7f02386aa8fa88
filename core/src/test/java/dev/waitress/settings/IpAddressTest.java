package dev.waitress.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8::1, 2001:db8::1",
        "2001:0db8:0000:0000:0000:0000:0000:0001, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::ffff:192.0.2.128, ::ffff:192.0.2.128",
        "0:0:0:0:0:ffff:c000:280, ::ffff:192.0.2.128",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
    })
    void isReadAndWritten(String text, String canonical) {
        assertThat(IpAddress.parse(text)).get().hasToString(canonical);
        assertThat(IpAddress.parse(canonical)).get().hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.04",
                "1.2.3.-4",
                "1.2.3.4 ",
                "0x1.2.3.4",
                "1..2.3",
                ":",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "::g",
                "1:2:3:4:5:6:7:8::",
                "::1:2:3:4:5:6:7:8",
                "[::1]",
                "::1%eth0",
                "1.2.3.4::1",
                "::1.2.3",
                "::1.2.3.4:5",
                "localhost",
                "1:2",
                "1:2:3:4:5:6:7:1.2.3.4",
                "\u0661.2.3.4",
            })
    void isNothingElse(String text) {
        assertThat(IpAddress.parse(text)).isEmpty();
    }

    @Test
    void hasTheTextThatItWasReadFrom() throws Exception {
        Random random = new Random(7239);
        for (int i = 0; i < 10_000; i++) {
            byte[] octets = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(octets);
            for (int zero = random.nextInt(octets.length); zero > 0; zero--) {
                octets[random.nextInt(octets.length)] = 0;
            }
            String text = IpAddress.of(octets).toString();
            assertThat(IpAddress.parse(text)).get().hasToString(text);
            assertThat(InetAddress.getAllByName(text)).containsExactly(InetAddress.getByAddress(octets));
        }
        assertThatThrownBy(() -> IpAddress.of(new byte[5])).isInstanceOf(IllegalArgumentException.class);
    }
}
