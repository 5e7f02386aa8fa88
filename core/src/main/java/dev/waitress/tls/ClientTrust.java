package dev.waitress.tls;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whose certificates clients may show: those that the authorities of some files have issued for clients, and that no
 * revocation list names. RFC 5280 §6.
 *
 * @param caFiles with certificates of authorities; none where no client is asked for one
 * @param crlFiles with revocation lists
 */
record ClientTrust(List<String> caFiles, List<String> crlFiles) {
    /** For so long the JDK goes on with a list that is too old. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(15);

    static ClientTrust of(Settings settings) {
        return new ClientTrust(settings.get(Setting.CA_CERTS), settings.get(Setting.CRLFILE));
    }

    /** Reads all, as they are now. */
    FileContents read() throws TlsException {
        List<String> names = new ArrayList<>(caFiles);
        names.addAll(crlFiles);
        return FileContents.read(names);
    }

    /**
     * What judges clients.
     *
     * @param end since when the first of the revocation lists is too old, and nobody is let in whom it might name;
     *     {@link Instant#MAX} if there is none that ends
     */
    record Judges(List<TrustManager> managers, Instant end) {}

    /**
     * What judges clients, by these files.
     *
     * @throws TlsException naming the file that makes no sense
     */
    Judges judges(FileContents contents) throws TlsException {
        if (caFiles.isEmpty()) {
            return new Judges(List.of(), Instant.MAX);
        }
        Set<TrustAnchor> anchors = new HashSet<>();
        for (int i = 0; i < caFiles.size(); i++) {
            String name = "ca_certs " + caFiles.get(i);
            for (X509Certificate each : CertificateFiles.certificates(name, contents.bytes(i))) {
                anchors.add(new TrustAnchor(each, null));
            }
        }
        try {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
            parameters.setRevocationEnabled(false);
            List<X509CRL> lists = lists(contents);
            if (!crlFiles.isEmpty()) {
                check(lists, parameters);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return new Judges(List.of(factory.getTrustManagers()), end(lists));
        } catch (GeneralSecurityException e) {
            throw new TlsException("ca_certs: " + e.getMessage());
        }
    }

    /** A client whose issuer has no list there is refused: nobody could say whether it was revoked. */
    private static void check(List<X509CRL> lists, PKIXBuilderParameters parameters) throws GeneralSecurityException {
        PKIXRevocationChecker checker =
                (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
        checker.setOptions(EnumSet.of(
                PKIXRevocationChecker.Option.PREFER_CRLS,
                PKIXRevocationChecker.Option.NO_FALLBACK,
                PKIXRevocationChecker.Option.ONLY_END_ENTITY));
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
        parameters.addCertPathChecker(checker);
    }

    /** RFC 5280 §5.1.2.5 says when a list is to be replaced, if it says so. */
    private static Instant end(List<X509CRL> lists) {
        return lists.stream()
                .map(X509CRL::getNextUpdate)
                .filter(Objects::nonNull)
                .map(each -> each.toInstant().plus(CLOCKS_DIFFER))
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    private List<X509CRL> lists(FileContents contents) throws TlsException {
        List<X509CRL> lists = new ArrayList<>();
        for (int i = 0; i < crlFiles.size(); i++) {
            int before = lists.size();
            try {
                CertificateFactory factory = CertificateFactory.getInstance("X.509");
                for (Pem.Block block : Pem.read(contents.bytes(caFiles.size() + i))) {
                    if (block.label().equals("X509 CRL")) {
                        lists.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(block.bytes())));
                    }
                }
            } catch (GeneralSecurityException | TlsException e) {
                throw new TlsException("crlfile " + crlFiles.get(i) + ": " + e.getMessage());
            }
            if (lists.size() == before) {
                throw new TlsException(
                        "crlfile " + crlFiles.get(i) + ": there is no list in it (no -----BEGIN X509 CRL-----)");
            }
        }
        return lists;
    }
}
