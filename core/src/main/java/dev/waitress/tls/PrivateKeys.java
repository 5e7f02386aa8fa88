package dev.waitress.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Private keys in every form in which tools write them: PKCS #8 (RFC 5958), plain and encrypted; PKCS #1 (RFC 8017) and
 * SEC 1 (RFC 5915), plain and in the old encryption of PEM.
 */
final class PrivateKeys {
    private static final String RSA = "1.2.840.113549.1.1.1";
    private static final String EC = "1.2.840.10045.2.1";

    /** What the JDK calls the algorithms that can sign for a server. */
    private static final Map<String, String> ALGORITHMS = Map.of(
            RSA,
            "RSA",
            "1.2.840.113549.1.1.10",
            "RSASSA-PSS",
            EC,
            "EC",
            "1.3.101.112",
            "Ed25519",
            "1.3.101.113",
            "Ed448");

    /** Says how any key becomes one that we can read. */
    private static final String CONVERT =
            "; convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW (-nocrypt for none)";

    private static final String WRONG_PASSWORD = "wrong keyfile_password";

    private PrivateKeys() {}

    /** Whether a block holds one. */
    static boolean isKey(Pem.Block block) {
        return block.label().endsWith("PRIVATE KEY");
    }

    /**
     * The first key of a file.
     *
     * @param password empty for none
     * @throws TlsException if there is none, or it cannot be read
     */
    static PrivateKey find(List<Pem.Block> blocks, String password) throws TlsException {
        byte[] curve = null;
        for (Pem.Block block : blocks) {
            if (block.label().equals("EC PARAMETERS")) {
                curve = block.bytes();
            } else if (isKey(block)) {
                return read(block, curve, password);
            }
        }
        throw new TlsException("there is no private key in it (no -----BEGIN PRIVATE KEY-----)");
    }

    /**
     * Reads one.
     *
     * @param curve what a key block of SEC 1 may leave out, if it came before
     */
    private static PrivateKey read(Pem.Block block, byte @Nullable [] curve, String password) throws TlsException {
        boolean isOldEncryption = block.headers().containsKey("DEK-Info");
        boolean isEncrypted = isOldEncryption || block.label().equals("ENCRYPTED PRIVATE KEY");
        if (isEncrypted && password.isEmpty()) {
            throw new TlsException("the key is encrypted: give keyfile_password (WAITRESS_KEYFILE_PASSWORD)");
        }
        byte[] der = isOldEncryption ? LegacyEncryption.decrypt(block, password) : block.bytes();
        try {
            return switch (block.label()) {
                case "PRIVATE KEY" -> ofPkcs8(der);
                case "RSA PRIVATE KEY" -> ofPkcs8(wrapRsa(der));
                case "EC PRIVATE KEY" -> ofPkcs8(wrapEc(der, curve));
                case "ENCRYPTED PRIVATE KEY" -> ofPkcs8(decrypt(der, password));
                default -> throw new TlsException("a key of the form " + block.label() + " cannot be read" + CONVERT);
            };
        } catch (TlsException e) {
            // With the wrong password what comes out now and then has the padding of a key, but is none.
            throw isOldEncryption ? new TlsException(WRONG_PASSWORD) : e;
        }
    }

    private static PrivateKey ofPkcs8(byte[] der) throws TlsException {
        String algorithm = algorithm(der);
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException e) {
            throw new TlsException("the JDK cannot read this " + algorithm + " key (" + e.getMessage() + ")" + CONVERT);
        }
    }

    private static String algorithm(byte[] der) throws TlsException {
        Der.Reader info = Der.Reader.of(der).enter(Der.SEQUENCE);
        info.value(Der.INTEGER);
        byte[] oid = info.enter(Der.SEQUENCE).element();
        for (Map.Entry<String, String> known : ALGORITHMS.entrySet()) {
            if (Arrays.equals(oid, Der.oid(known.getKey()))) {
                return known.getValue();
            }
        }
        throw new TlsException("a key of this kind cannot sign for a server: make an EC or an RSA key");
    }

    private static byte[] wrapRsa(byte[] der) {
        return wrap(Der.of(Der.SEQUENCE, Der.oid(RSA), Der.of(Der.NULL)), der);
    }

    private static byte[] wrapEc(byte[] der, byte @Nullable [] curveBefore) throws TlsException {
        Der.Reader key = Der.Reader.of(der).enter(Der.SEQUENCE);
        key.value(Der.INTEGER);
        key.value(Der.OCTET_STRING);
        byte[] curve = key.tag() == Der.CONTEXT_0 ? key.value(Der.CONTEXT_0) : curveBefore;
        if (curve == null) {
            throw new TlsException("the key does not name its curve" + CONVERT);
        }
        return wrap(Der.of(Der.SEQUENCE, Der.oid(EC), curve), der);
    }

    private static byte[] wrap(byte[] algorithm, byte[] key) {
        return Der.of(Der.SEQUENCE, Der.integer(BigInteger.ZERO), algorithm, Der.of(Der.OCTET_STRING, key));
    }

    private static byte[] decrypt(byte[] der, String password) throws TlsException {
        EncryptedPrivateKeyInfo info = encryption(der);
        // The name of PBES2 alone does not say which ciphers there are in it.
        boolean isNamed =
                !info.getAlgName().equals("PBES2") && !info.getAlgName().equals("1.2.840.113549.1.5.13");
        String cipherName = isNamed ? info.getAlgName() : String.valueOf(info.getAlgParameters());
        Cipher cipher;
        SecretKey key;
        try {
            key = SecretKeyFactory.getInstance(cipherName).generateSecret(new PBEKeySpec(password.toCharArray()));
            cipher = Cipher.getInstance(cipherName);
            cipher.init(Cipher.DECRYPT_MODE, key, info.getAlgParameters());
        } catch (GeneralSecurityException | RuntimeException e) {
            throw unknownEncryption();
        }
        try {
            byte[] key8 = cipher.doFinal(info.getEncryptedData());
            algorithm(key8);
            return key8;
        } catch (GeneralSecurityException | TlsException e) {
            throw new TlsException(WRONG_PASSWORD);
        }
    }

    private static EncryptedPrivateKeyInfo encryption(byte[] der) throws TlsException {
        try {
            return new EncryptedPrivateKeyInfo(der);
        } catch (IOException | RuntimeException e) {
            throw unknownEncryption();
        }
    }

    private static TlsException unknownEncryption() {
        return new TlsException("the JDK does not know the encryption of this key" + CONVERT);
    }
}
