package dev.waitress.tls;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** What is agreed with clients: versions, cipher suites, the protocol inside, and whether they show a certificate. */
final class Parameters {
    /** RFC 7301 §6. */
    private static final String HTTP_1_1 = "http/1.1";

    private static final String HTTP_1_0 = "http/1.0";

    /** RFC 9113 §3.2. */
    static final String HTTP_2 = "h2";

    private static final String TLS_1_2 = "TLSv1.2";
    private static final String TLS_1_3 = "TLSv1.3";

    private Parameters() {}

    static SSLParameters of(Settings settings, SSLContext context) throws TlsException {
        boolean onlyNewest = settings.get(Setting.TLS_MIN_VERSION).equals("1.3");
        List<String> names = settings.get(Setting.CIPHERS);
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(onlyNewest ? new String[] {TLS_1_3} : new String[] {TLS_1_3, TLS_1_2});
        parameters.setCipherSuites(ciphers(names, context).toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        parameters.setApplicationProtocols(settings.get(Setting.HTTP_PROTOCOLS).stream()
                .flatMap(name -> name.equals(HTTP_2) ? Stream.of(HTTP_2) : Stream.of(HTTP_1_1, HTTP_1_0))
                .toArray(String[]::new));
        switch (settings.get(Setting.CERT_REQS)) {
            case "required" -> parameters.setNeedClientAuth(true);
            case "optional" -> parameters.setWantClientAuth(true);
            default -> {}
        }
        return parameters;
    }

    private static List<String> ciphers(List<String> names, SSLContext context) throws TlsException {
        List<String> supported = List.of(context.getSupportedSSLParameters().getCipherSuites());
        return names.isEmpty()
                ? Ciphers.USUAL.stream().filter(supported::contains).toList()
                : Ciphers.find(names, supported);
    }
}
