package dev.waitress.settings;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the settings {@code trusted_proxy}, {@code _count}, {@code _headers} and {@code proxy_protocol} say together.
 */
final class ProxyTrust {
    static final String VALID_HEADERS = "forwarded, or any of x-forwarded-for -host -proto -port -by";

    private ProxyTrust() {}

    /** Refuses settings without meaning, in the order in which Waitress looks at them. */
    static void check(Settings settings) {
        List<String> headers = settings.get(Setting.TRUSTED_PROXY_HEADERS);
        if (settings.get(Setting.TRUSTED_PROXY).isEmpty()) {
            refuse(settings.isGiven(Setting.TRUSTED_PROXY_COUNT), inVain(Setting.TRUSTED_PROXY_COUNT));
            refuse(!headers.isEmpty(), inVain(Setting.TRUSTED_PROXY_HEADERS));
            refuse(settings.get(Setting.PROXY_PROTOCOL), inVain(Setting.PROXY_PROTOCOL));
            refuse(!settings.get(Setting.QUEUE_START_HEADER).isEmpty(), inVain(Setting.QUEUE_START_HEADER));
        }
        List<String> known =
                Arrays.stream(ProxyHeader.values()).map(ProxyHeader::word).toList();
        String unknown =
                headers.stream().filter(header -> !known.contains(header)).collect(Collectors.joining(", "));
        refuse(
                !unknown.isEmpty(),
                "Received unknown trusted_proxy_headers value (" + unknown + ") expected one of "
                        + String.join(", ", known));
        refuse(
                headers.contains(ProxyHeader.FORWARDED.word())
                        && headers.stream().distinct().count() > 1,
                "The Forwarded proxy header and the X-Forwarded-{By,Host,Proto,Port,For} headers are mutually exclusive."
                        + " Can't trust both!");
    }

    private static String inVain(Setting<?> setting) {
        return setting.name() + " has no meaning without setting trusted_proxy";
    }

    private static void refuse(boolean condition, String message) {
        if (condition) {
            throw new SettingsException(message);
        }
    }

    static Set<ProxyHeader> headers(Settings settings) {
        Set<ProxyHeader> headers = EnumSet.noneOf(ProxyHeader.class);
        for (ProxyHeader header : ProxyHeader.values()) {
            if (settings.get(Setting.TRUSTED_PROXY_HEADERS).contains(header.word())) {
                headers.add(header);
            }
        }
        if (areImplied(settings)) {
            headers.add(ProxyHeader.X_FORWARDED_PROTO);
        }
        return headers;
    }

    private static boolean areImplied(Settings settings) {
        return !settings.get(Setting.TRUSTED_PROXY).isEmpty()
                && settings.get(Setting.TRUSTED_PROXY_HEADERS).isEmpty()
                && settings.trustedProxySpeaksHttp();
    }

    static Optional<String> warning(Settings settings) {
        return areImplied(settings)
                ? Optional.of("No proxy headers were marked as trusted, but trusted_proxy was set. Implicitly trusting"
                        + " X-Forwarded-Proto for backwards compatibility. This will be removed in future versions of"
                        + " waitress.")
                : Optional.empty();
    }
}
