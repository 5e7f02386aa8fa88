package dev.waitress.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerPatternTest {
    @ParameterizedTest
    @CsvSource({
        "*, 1.2.3.4, true",
        "*, localhost, true",
        "localhost, localhost, true",
        "localhost, 127.0.0.1, false",
        "127.0.0.1, localhost, false",
        "10.0.0.1, 10.0.0.1, true",
        "10.0.0.1, 10.0.0.2, false",
        "10.0.0.1, 110.0.0.1, false",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.9.9.9/8, 10.0.0.1, true",
        "192.168.4.0/22, 192.168.7.255, true",
        "192.168.4.0/22, 192.168.8.0, false",
        "192.168.4.0/22, 192.168.3.255, false",
        "10.0.0.1/32, 10.0.0.1, true",
        "10.0.0.1/32, 10.0.0.0, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "0.0.0.0/0, localhost, false",
        "::/0, ::1, true",
        "::/0, 1.2.3.4, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "::1, 0:0:0:0:0:0:0:1, true",
        "::ffff:10.0.0.1, 10.0.0.1, true",
        "::ffff:10.0.0.0/104, 10.1.2.3, true",
        "::ffff:10.0.0.0/104, 11.1.2.3, false",
        "fe80::/10, fe80::1%eth0, true",
        "fe80::1%eth0, fe80::1%eth0, true",
        "fe80::1%eth0, fe80::1%eth1, false",
        "fe80::1%eth0, fe80::1, false",
    })
    void matches(String word, String peer, boolean expected) {
        assertThat(PeerPattern.of(word).matches(peer)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nginx",
                "10.0.0",
                "10.0.0.0/33",
                "::/129",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "10.0.0.0/255.0.0.0",
                "10.0.0.1,10.0.0.2",
                "*.example",
                "/8",
                "[::1]",
                "10.0.0.1:80",
                "10.0.0.0/8/8",
            })
    void isNothingElse(String word) {
        assertThatThrownBy(() -> PeerPattern.of(word)).isInstanceOf(IllegalArgumentException.class);
    }
}
