package dev.waitress.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The encryption of PEM files before PKCS #8: RFC 1423, with the key derivation that OpenSSL's EVP_BytesToKey(3)
 * describes, of MD5 and one round.
 */
final class LegacyEncryption {
    private static final int SALT_BYTES = 8;

    private enum Known {
        AES_128("AES-128-CBC", "AES", 16),
        AES_192("AES-192-CBC", "AES", 24),
        AES_256("AES-256-CBC", "AES", 32),
        TRIPLE_DES("DES-EDE3-CBC", "DESede", 24);

        private final String name;
        private final String cipher;
        private final int keyBytes;

        Known(String name, String cipher, int keyBytes) {
            this.name = name;
            this.cipher = cipher;
            this.keyBytes = keyBytes;
        }

        static Known of(String name) throws TlsException {
            for (Known known : values()) {
                if (known.name.equals(name)) {
                    return known;
                }
            }
            throw new TlsException("the key is encrypted with " + name
                    + "; convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW");
        }
    }

    private LegacyEncryption() {}

    /** The content of a block whose headers say how it is encrypted. */
    static byte[] decrypt(Pem.Block block, String password) throws TlsException {
        String[] words = block.headers().getOrDefault("DEK-Info", "").split(",", 2);
        Known known = Known.of(words[0].strip());
        try {
            byte[] vector = HexFormat.of().parseHex(words.length < 2 ? "" : words[1].strip());
            byte[] key = key(password.getBytes(StandardCharsets.UTF_8), vector, known.keyBytes);
            Cipher cipher = Cipher.getInstance(known.cipher + "/CBC/PKCS5Padding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, known.cipher), new IvParameterSpec(vector));
            return cipher.doFinal(block.bytes());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new TlsException("wrong keyfile_password");
        }
    }

    private static byte[] key(byte[] password, byte[] salt, int wanted) throws GeneralSecurityException {
        if (salt.length < SALT_BYTES) {
            throw new IllegalArgumentException("salt");
        }
        MessageDigest digest = MessageDigest.getInstance("MD5");
        byte[] key = {};
        byte[] last = {};
        while (key.length < wanted) {
            digest.update(last);
            digest.update(password);
            digest.update(salt, 0, SALT_BYTES);
            last = digest.digest();
            int length = key.length;
            key = Arrays.copyOf(key, length + last.length);
            System.arraycopy(last, 0, key, length, last.length);
        }
        return Arrays.copyOf(key, wanted);
    }
}
