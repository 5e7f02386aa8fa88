package dev.waitress.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {
    /** Between bytes that would change the answer if they were looked at. */
    private static boolean isValid(String authority) {
        byte[] bytes = Ascii.bytes("[1" + authority + "0]");
        return Authority.isValid(bytes, 2, bytes.length - 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "a", "a:", "a:0", "a:1234567890", "1.2.3.4", "%41", "a%4f:1", "x_y~!$&'()*+,;="})
    void mayHaveAName(String authority) {
        assertThat(isValid(authority)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"%", "%4", "a%", "a%4", "%g4", "%4g", "a b", "a/", "a@b", "a:b", "a:12345678901", "a:1:2", "a]"})
    void isRefusedWithANameOrPortThatIsNone(String authority) {
        assertThat(isValid(authority)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[::]",
                "[::]:80",
                "[::]:",
                "[1::]",
                "[::1]",
                "[abcd:EF01::9]",
                "[1:2:3:4:5:6:7:8]",
                "[1:2:3:4:5:6:7::]",
                "[::2:3:4:5:6:7:8]",
                "[1:2:3::5:6:7:8]",
                "[::1.2.3.4]",
                "[::ffff:255.0.10.199]",
                "[1:2:3:4:5::1.2.3.4]",
                "[1:2:3:4:5:6:1.2.3.4]",
            })
    void mayHaveAnIpv6Address(String authority) {
        assertThat(isValid(authority)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[",
                "[]",
                "[:]",
                "[1]",
                "[::",
                "[::1",
                "[:::]",
                "[::1:]",
                "[:1::]",
                "[1::2::3]",
                "[::g]",
                "[12345::]",
                "[::12345]",
                "[1:2:3:4:5:6:7]",
                "[1:2:3:4:5:6:7:8:9]",
                "[1:2:3:4:5:6:7:8::]",
                "[::]x",
                "[::]80",
                "[::]:x",
            })
    void isRefusedWithAnIpv6AddressThatIsNone(String authority) {
        assertThat(isValid(authority)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1.2.3.4]",
                "[::1.2.3]",
                "[::1.2.3.]",
                "[::1.2.3.4.5]",
                "[::1.2.3.4:5]",
                "[::1..3.4]",
                "[::1.2.3.a]",
                "[::a.2.3.4]",
                "[::256.2.3.4]",
                "[::1.2.3.256]",
                "[::1.2.3.1000]",
                "[::01.2.3.4]",
                "[::1.2.3.00]",
                "[1:2:3:4:5:1.2.3.4]",
                "[1:2:3:4:5:6::1.2.3.4]",
                "[1:2:3:4:5:6:7:1.2.3.4]",
            })
    void isRefusedWhereAnIpv4AddressDoesNotEndAnIpv6Address(String authority) {
        assertThat(isValid(authority)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[v1.a]", "[VF.a:b]", "[vAf09.~!:]:80"})
    void mayHaveAnAddressOfTheFuture(String authority) {
        assertThat(isValid(authority)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[v]", "[v1]", "[v.a]", "[v1.]", "[v1a]", "[vg.a]", "[v1:a]", "[v1.a/]", "[v1.%41]", "[w1.a]"})
    void isRefusedWithAnAddressThatIsNoneOfTheFuture(String authority) {
        assertThat(isValid(authority)).isFalse();
    }
}
