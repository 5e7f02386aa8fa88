package dev.waitress.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key, and the certificates that say whose it is.
 *
 * @param chain the leaf first, each signed by the one behind it
 * @param names for which the leaf is good: of hosts, lower-case, perhaps with a wildcard as their first label
 */
record Identity(PrivateKey key, List<X509Certificate> chain, Set<String> names) {
    private static final byte[] PROBE = {'?'};
    private static final String PSS = "RSASSA-PSS";
    private static final int SALT_BYTES = 32;

    /** Kind of a name in a certificate. RFC 5280 §4.2.1.6. */
    private static final int DNS_NAME = 2;

    private static final int IP_ADDRESS = 7;

    /**
     * Puts both together.
     *
     * @param certificates of a file, in any order; others than the leaf and its issuers are left out
     * @throws TlsException if the key is none of theirs
     */
    static Identity of(PrivateKey key, List<X509Certificate> certificates) throws TlsException {
        X509Certificate leaf = null;
        for (X509Certificate each : certificates) {
            if (leaf == null && fits(key, each.getPublicKey())) {
                leaf = each;
            }
        }
        if (leaf == null) {
            throw new TlsException("the key does not fit the certificate"
                    + (certificates.size() > 1 ? ", nor any other that is there" : ""));
        }
        List<X509Certificate> chain = new ArrayList<>();
        List<X509Certificate> rest = new ArrayList<>(certificates);
        for (X509Certificate next = leaf; next != null; next = issuerOf(next, rest)) {
            rest.remove(next);
            chain.add(next);
        }
        return new Identity(key, List.copyOf(chain), namesOf(leaf));
    }

    /** Whether both are of one pair: what one has signed the other must confirm. */
    private static boolean fits(PrivateKey key, PublicKey publicKey) {
        String algorithm = signatureAlgorithm(key);
        try {
            Signature signature = Signature.getInstance(algorithm);
            if (algorithm.equals(PSS)) {
                signature.setParameter(
                        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, SALT_BYTES, 1));
            }
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // keys of different kinds
        }
    }

    private static String signatureAlgorithm(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
    }

    private static @Nullable X509Certificate issuerOf(X509Certificate certificate, List<X509Certificate> candidates) {
        for (X509Certificate each : candidates) {
            if (certificate.getIssuerX500Principal().equals(each.getSubjectX500Principal())
                    && !each.equals(certificate)) {
                return each;
            }
        }
        return null;
    }

    private static Set<String> namesOf(X509Certificate leaf) {
        Set<String> names = new HashSet<>();
        try {
            Collection<List<?>> alternatives = leaf.getSubjectAlternativeNames();
            for (List<?> each : alternatives == null ? List.<List<?>>of() : alternatives) {
                int kind = (Integer) each.get(0);
                if (kind == DNS_NAME || kind == IP_ADDRESS) {
                    names.add(String.valueOf(each.get(1)).toLowerCase(Locale.ROOT));
                }
            }
        } catch (CertificateParsingException e) {
            return Set.of(); // good for those who ask for no name
        }
        return Set.copyOf(names);
    }

    X509Certificate leaf() {
        return chain.get(0);
    }

    /** Whether the certificate has this very name. */
    boolean isNamed(String host) {
        return names.contains(host);
    }

    /** Whether it has a wildcard in place of the first label. RFC 9525 §6.3. */
    boolean isNamedByWildcard(String host) {
        int dot = host.indexOf('.');
        return dot > 0 && names.contains("*" + host.substring(dot));
    }
}
