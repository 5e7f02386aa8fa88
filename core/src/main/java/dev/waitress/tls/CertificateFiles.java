package dev.waitress.tls;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Files with certificate chains, and those with their keys.
 *
 * @param keyfiles as many as there are certfiles, in their order
 */
record CertificateFiles(List<String> certfiles, List<String> keyfiles, String password) {
    /** Those of the settings; a key may lie in the file of its certificate. */
    static CertificateFiles of(Settings settings) {
        List<String> certfiles = settings.get(Setting.CERTFILE);
        List<String> keyfiles = settings.get(Setting.KEYFILE);
        return new CertificateFiles(
                certfiles, keyfiles.isEmpty() ? certfiles : keyfiles, settings.get(Setting.KEYFILE_PASSWORD));
    }

    /**
     * Reads all, as they are now.
     *
     * @throws TlsException naming the file that is missing or cannot be read
     */
    FileContents read() throws TlsException {
        List<String> names = new ArrayList<>(certfiles);
        names.addAll(keyfiles);
        return FileContents.read(names);
    }

    /**
     * Makes of them what clients can be shown.
     *
     * @param contents of {@link #read}
     * @throws TlsException naming the file that makes no sense
     */
    List<Identity> identities(FileContents contents, Instant now) throws TlsException {
        List<Identity> identities = new ArrayList<>();
        for (int i = 0; i < certfiles.size(); i++) {
            List<X509Certificate> certificates = certificates(certfiles.get(i), contents.bytes(i));
            identities.add(identity(keyfiles.get(i), contents.bytes(certfiles.size() + i), certificates));
            requireValid(certfiles.get(i), identities.get(i).leaf(), now);
        }
        return identities;
    }

    private Identity identity(String keyfile, byte[] file, List<X509Certificate> certificates) throws TlsException {
        try {
            return Identity.of(PrivateKeys.find(Pem.read(file), password), certificates);
        } catch (TlsException e) {
            throw new TlsException("keyfile " + keyfile + ": " + e.getMessage());
        }
    }

    /** All certificates of a file. */
    static List<X509Certificate> certificates(String name, byte[] file) throws TlsException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Pem.Block block : Pem.read(file)) {
                if (block.label().equals("CERTIFICATE") || block.label().equals("X509 CERTIFICATE")) {
                    certificates.add(
                            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.bytes())));
                }
            }
        } catch (CertificateException e) {
            throw new TlsException(name + ": a certificate in it is damaged (" + e.getMessage() + ")");
        } catch (TlsException e) {
            throw new TlsException(name + ": " + e.getMessage());
        }
        if (certificates.isEmpty()) {
            throw new TlsException(name + ": there is no certificate in it (no -----BEGIN CERTIFICATE-----)");
        }
        return certificates;
    }

    private static void requireValid(String certfile, X509Certificate leaf, Instant now) throws TlsException {
        if (leaf.getNotAfter().toInstant().isBefore(now)) {
            throw new TlsException("certfile " + certfile + ": the certificate has expired on "
                    + leaf.getNotAfter().toInstant() + ": renew it");
        }
    }
}
