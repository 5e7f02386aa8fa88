package dev.waitress.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.testkit.Heads;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestHeadTest {
    private static RequestHead head(String fields) {
        return Heads.parse("GET /p?q HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "X-Forwarded-For, true",
        "x-FORWARDED-y, true",
        "X-Forwarded-, false",
        "X-Forwarded, false",
        "X-Forwarder-For, false",
        "X, false",
        "forwarded, true",
        "Forwarder, false",
        "Forwarded-For, false",
    })
    void knowsTheFieldsOfProxies(String name, boolean isOfAProxy) {
        assertThat(head(name + ": v\r\n").hasProxyFields()).isEqualTo(isOfAProxy);
    }

    /** ^ and ~ are as far apart as a letter from its capital. */
    @Test
    void takesNamesThatDifferInMoreThanTheirCaseForTwo() {
        RequestHead head = head("x^: 1\r\nx~: 2\r\nX^: 3\r\n");
        assertThat(head.joinedValues(head.find("x^"))).isEqualTo("1, 3");
        assertThat(head.joinedValues(head.find("x~"))).isEqualTo("2");
        assertThat(head.isRepeated(head.find("x~"))).isFalse();
    }

    @Test
    void findsTheFirstFieldOfAName() {
        RequestHead head = head("X: 1\r\nx: 2\r\n");
        assertThat(head.value("x")).isEqualTo("1");
        assertThat(head.value("y")).isEmpty();
        assertThat(head.find("host")).isZero();
        assertThat(head.find("y")).isEqualTo(-1);
    }

    @Test
    void staysAsItIsOnceItIsDetached() {
        RequestHead head = head("X: 1\r\nX: 2\r\nExpect: 100-continue\r\nContent-Length: 3\r\nForwarded: for=b\r\n");
        RequestHead copy = head.detach();
        Arrays.fill(head.bytes(), (byte) '!');
        assertThat(copy.method()).isEqualTo("GET");
        assertThat(copy.targetText()).isEqualTo("/p?q");
        assertThat(copy.text(copy.pathStart(), copy.pathEnd())).isEqualTo("/p");
        assertThat(copy.text(copy.queryStart(), copy.queryEnd())).isEqualTo("q");
        assertThat(copy.joinedValues(copy.find("x"))).isEqualTo("1, 2");
        assertThat(copy.contentLength()).isEqualTo(3);
        assertThat(copy.expectsContinue()).isTrue();
        assertThat(copy.wantsKeepAlive()).isTrue();
        assertThat(copy.hasProxyFields()).isTrue();
        assertThat(copy.minorVersion()).isOne();
        assertThat(copy.text(copy.lineEnd(), copy.lineEnd() + 2)).isEqualTo("\r\n");
    }
}
