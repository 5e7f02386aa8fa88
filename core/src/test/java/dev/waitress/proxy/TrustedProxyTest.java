package dev.waitress.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.http.RequestHead;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.Heads;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrustedProxyTest {
    private final LogCapture log = new LogCapture();

    @AfterEach
    void closeTheLog() {
        log.close();
    }

    private static ForwardingOutcome read(TrustedProxy proxy, String peer, String fields) {
        RequestHead head = Heads.parse("GET / HTTP/1.0\r\n" + fields + "\r\n");
        return head.hasProxyFields() ? proxy.read(head, peer, proxy.trusts(peer), "http") : Forwarding.NONE;
    }

    @Test
    void saysOnceForEachHeaderThatAnUntrustedPeersIsRemoved() {
        TrustedProxy proxy = new TrustedProxy(Settings.defaults());
        read(proxy, "10.0.0.1", "X-Forwarded-Proto: https\r\n");
        read(proxy, "10.0.0.2", "X-Forwarded-Proto: https\r\nForwarded: for=_a\r\n");
        read(proxy, "10.0.0.2", "Forwarded: for=_a\r\n");
        assertThat(log.lines())
                .containsExactly(
                        "WARNING:waitress:Removed header X-Forwarded-Proto from untrusted peer 10.0.0.1. If that is a proxy of"
                                + " yours, set trusted_proxy=10.0.0.1 and trusted_proxy_headers=x-forwarded-proto."
                                + " This is said once for each header.",
                        "WARNING:waitress:Removed header Forwarded from untrusted peer 10.0.0.2. If that is a proxy of yours,"
                                + " set trusted_proxy=10.0.0.2 and trusted_proxy_headers=forwarded."
                                + " This is said once for each header.");
    }

    @Test
    void logsEachRequestWhereTheSettingsSaySo() {
        TrustedProxy proxy = new TrustedProxy(Settings.defaults().with(Setting.LOG_UNTRUSTED_PROXY_HEADERS, true));
        String line =
                "WARNING:waitress:Removed untrusted headers (X-Forwarded-For, Forwarded). Waitress recommends these be"
                        + " removed upstream.";
        read(proxy, "10.0.0.1", "Forwarded: for=_a\r\nX-Forwarded-For: 1.1.1.1\r\n");
        read(proxy, "10.0.0.1", "X-Forwarded-For: 1.1.1.1\r\nForwarded: for=_a\r\n");
        assertThat(log.lines()).containsExactly(line, line);
    }

    @Test
    void doesNotWarnOfUnknownNamesThatAClientSlippedIn() {
        TrustedProxy proxy = new TrustedProxy(Settings.defaults()
                .with(Setting.TRUSTED_PROXY, List.of("*"))
                .with(Setting.TRUSTED_PROXY_HEADERS, List.of("forwarded")));
        read(proxy, "10.0.0.1", "Forwarded: a=b;c=d, for=1.1.1.1\r\n");
        assertThat(log.lines()).isEmpty();
    }

    /** Once a token of 250 KB was a line of 250 KB. */
    @Test
    void logsOneLineOfUnknownTokens() {
        TrustedProxy proxy = new TrustedProxy(Settings.defaults()
                .with(Setting.TRUSTED_PROXY, List.of("*"))
                .with(Setting.TRUSTED_PROXY_HEADERS, List.of("forwarded")));
        read(proxy, "10.0.0.1", "Forwarded: " + "t".repeat(200_000) + "=b\r\n");
        String many = IntStream.range(0, 10_000).mapToObj(i -> "t" + i + "=b").collect(Collectors.joining(";"));
        read(proxy, "10.0.0.1", "Forwarded: " + many + "\r\n");
        read(proxy, "10.0.0.1", "Forwarded: for=\"" + "x".repeat(200_000) + "\"\r\n");
        assertThat(log.lines()).hasSize(3).allSatisfy(line -> assertThat(line).hasSizeLessThan(500));
    }

    /** Digits in front count for nothing, and would make the default port another one. */
    @Test
    void makesNumbersOfPorts() {
        TrustedProxy proxy = new TrustedProxy(Settings.defaults()
                .with(Setting.TRUSTED_PROXY, List.of("*"))
                .with(
                        Setting.TRUSTED_PROXY_HEADERS,
                        List.of("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port")));
        Forwarding forwarding = (Forwarding) read(
                proxy,
                "10.0.0.1",
                "X-Forwarded-For: 1.1.1.1:00012\r\nX-Forwarded-Host: a.test\r\nX-Forwarded-Proto: http\r\n"
                        + "X-Forwarded-Port: 00080\r\n");
        assertThat(forwarding.remotePort()).isEqualTo("12");
        assertThat(forwarding.serverPort()).isEqualTo("80");
        assertThat(forwarding.host()).isEqualTo("a.test");
        assertThat(read(proxy, "10.0.0.1", "X-Forwarded-Port: " + "0".repeat(5000) + "80\r\n"))
                .isInstanceOf(ForwardingOutcome.Malformed.class);
    }

    /** Whatever stands before it, the element of the one trusted proxy alone counts, or the request is refused. */
    @Test
    void doesNotLetAClientSpeakForTheProxy() {
        TrustedProxy proxy = new TrustedProxy(Settings.defaults()
                .with(Setting.TRUSTED_PROXY, List.of("*"))
                .with(Setting.TRUSTED_PROXY_HEADERS, List.of("forwarded")));
        Random random = new Random(7239);
        int believed = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder slippedIn = new StringBuilder();
            for (int length = random.nextInt(24); length > 0; length--) {
                slippedIn.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            String fields =
                    "Forwarded: " + slippedIn + "\r\nForwarded: for=\"[2001:db8::1]\";by=\"_p\";host=a.test\r\n";
            if (read(proxy, "10.0.0.1", fields) instanceof Forwarding forwarding) {
                believed++;
                assertThat(forwarding.remoteAddress()).as(fields).isEqualTo("2001:db8::1");
                assertThat(forwarding.host()).as(fields).isEqualTo("a.test");
                assertThat(forwarding.scheme()).as(fields).isNull();
            }
        }
        assertThat(believed).isBetween(100, 19_900);
    }

    private static final List<String> PIECES = List.of(
            "\"", "\\", ",", ";", "=", " ", "\t", "for=", "_evil", "proto=https", "host=\"evil.test\"", "a=b", "x");
}
