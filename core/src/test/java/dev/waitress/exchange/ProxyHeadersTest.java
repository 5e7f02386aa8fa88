package dev.waitress.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.http.Rule;
import dev.waitress.proxy.Forwarding;
import dev.waitress.proxy.ForwardingOutcome;
import dev.waitress.proxy.ProxyCase;
import dev.waitress.proxy.TrustedProxy;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases of wire/proxy-headers.txt, as far as the environ. */
class ProxyHeadersTest {
    private static final String PEER = "10.0.0.1";

    @ParameterizedTest
    @MethodSource("dev.waitress.proxy.ProxyCase#all")
    void changeTheEnviron(ProxyCase each) {
        Settings settings = each.settings(PEER);
        TrustedProxy proxy = new TrustedProxy(settings);
        Request request = Requests.parse(each.request());
        try (LogCapture log = new LogCapture()) {
            ForwardingOutcome reading = request.head().hasProxyFields()
                    ? proxy.read(request.head(), PEER, proxy.trusts(PEER), settings.get(Setting.URL_SCHEME))
                    : Forwarding.NONE;
            if (reading instanceof ForwardingOutcome.Malformed malformed) {
                assertThat(Rule.PROXY_HEADER.text(malformed.header())).isEqualTo(each.refusal());
            } else {
                assertThat(each.refusal()).isEmpty();
                assertThat(ProxyCase.difference(
                                environ(settings, each.request(), (Forwarding) reading),
                                environ(settings, ProxyCase.plainRequest(), Forwarding.NONE)))
                        .isEqualTo(each.changes());
            }
            assertThat(each.faultOf(log.lines(), PEER)).isNull();
        }
    }

    private static Map<String, String> environ(Settings settings, String text, Forwarding forwarding) {
        Map<String, String> environ = new TreeMap<>(Environ.constants(settings));
        new Environ(settings)
                .write(
                        Requests.parse(text, settings.get(Setting.URL_SCHEME), forwarding),
                        (key, keyEnd, value, start, end) -> environ.put(
                                new String(key, 0, keyEnd, StandardCharsets.ISO_8859_1),
                                new String(value, start, end - start, StandardCharsets.ISO_8859_1)));
        return environ;
    }
}
