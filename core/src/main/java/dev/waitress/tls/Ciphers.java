package dev.waitress.tls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Cipher suites by both of their names: that of the registry (IANA), which the JDK uses, and that of OpenSSL, by which
 * operators and applications know those of TLS 1.2.
 */
final class Ciphers {
    /**
     * Forward secret, and with authenticated encryption: all that Mozilla calls intermediate but finite-field key
     * exchange. AES first, which every processor of a server has in hardware.
     */
    static final List<String> USUAL = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private static final String WITH = "_WITH_";

    private Ciphers() {}

    /** Whether HTTP/2 allows it: forward secret, and with authenticated encryption. RFC 9113 §9.2.2, appendix A. */
    static boolean isForHttp2(String name) {
        boolean isForwardSecret = name.startsWith("TLS_ECDHE_") || name.startsWith("TLS_DHE_");
        boolean isAuthenticated = name.contains("_GCM_") || name.contains("_CCM") || name.contains("_POLY1305_");
        return !name.contains(WITH) || isForwardSecret && isAuthenticated;
    }

    /** OpenSSL's name; the registry's for the suites of TLS 1.3, where both are the same. */
    static String openSslName(String name) {
        int with = name.indexOf(WITH);
        if (with < 0) {
            return name;
        }
        String exchange = name.substring("TLS_".length(), with).replace('_', '-');
        String cipher = name.substring(with + WITH.length())
                .replace("_CBC", "")
                .replace("3DES_EDE", "DES-CBC3")
                .replace("AES_", "AES")
                .replace("_POLY1305_SHA256", "_POLY1305")
                .replace('_', '-');
        return exchange.equals("RSA") ? cipher : exchange + "-" + cipher;
    }

    /**
     * The suites of these names, in this order, as the JDK names them. Those of TLS 1.3 are added where none is named:
     * OpenSSL's lists, too, are about TLS 1.2.
     *
     * @param supported what the JDK has
     * @throws TlsException naming those that it has not, and those that it has
     */
    static List<String> find(List<String> names, List<String> supported) throws TlsException {
        Map<String, String> known = new LinkedHashMap<>();
        for (String each : supported) {
            known.put(openSslName(each), each);
            known.put(each, each);
        }
        List<String> found = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        names.stream()
                .flatMap(text -> Arrays.stream(text.split("[:,]")))
                .filter(name -> !name.isEmpty())
                .forEach(name ->
                        Optional.ofNullable(known.get(name)).ifPresentOrElse(found::add, () -> unknown.add(name)));
        if (!unknown.isEmpty()) {
            throw new TlsException("ciphers: the JDK has no " + String.join(", ", unknown) + "; it has "
                    + String.join(
                            ", ", supported.stream().map(Ciphers::openSslName).toList()));
        }
        if (found.stream().allMatch(name -> name.contains(WITH))) {
            found.addAll(0, USUAL.stream().filter(name -> !name.contains(WITH)).toList());
        }
        return found;
    }
}
