package dev.waitress.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * A certificate for this machine's own name, signed with its own key: for development. It lies in memory only. Written
 * by hand, because the JDK has no public way to make one; RFC 5280 §4.
 */
final class SelfSigned {
    private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String ALTERNATIVE_NAMES = "2.5.29.17";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final String SERVER = "1.3.6.1.5.5.7.3.1";

    private static final int DNS_NAME = 0x82;
    private static final int IP_ADDRESS = 0x87;
    private static final int UTC_TIME = 0x17;
    private static final int SERIAL_BITS = 120;

    /** A clock may differ a little; and no browser takes one that is valid for longer than this. */
    private static final Duration BEFORE = Duration.ofHours(1);

    private static final Duration AFTER = Duration.ofDays(90);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private SelfSigned() {}

    /** A new one, from an hour before now on. */
    static Identity make(Instant now) throws GeneralSecurityException, TlsException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        byte[] algorithm = Der.of(Der.SEQUENCE, Der.oid(ECDSA_WITH_SHA256));
        byte[] content = content(pair, algorithm, now);
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(pair.getPrivate());
        signature.update(content);
        byte[] der = Der.of(Der.SEQUENCE, content, algorithm, bits(signature.sign()));
        X509Certificate certificate = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        return Identity.of(pair.getPrivate(), List.of(certificate));
    }

    private static byte[] content(KeyPair pair, byte[] algorithm, Instant now) {
        byte[] name = Der.of(
                Der.SEQUENCE,
                Der.of(
                        Der.SET,
                        Der.of(Der.SEQUENCE, Der.oid(COMMON_NAME), Der.of(Der.UTF8_STRING, ascii("localhost")))));
        return Der.of(
                Der.SEQUENCE,
                Der.of(Der.CONTEXT_0, Der.integer(BigInteger.TWO)), // version 3
                Der.integer(new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS)),
                algorithm,
                name,
                Der.of(Der.SEQUENCE, time(now.minus(BEFORE)), time(now.plus(AFTER))),
                name,
                pair.getPublic().getEncoded(),
                Der.of(Der.CONTEXT_3, extensions()));
    }

    private static byte[] extensions() {
        byte[] names = Der.of(
                Der.SEQUENCE,
                Der.of(DNS_NAME, ascii("localhost")),
                Der.of(IP_ADDRESS, new byte[] {127, 0, 0, 1}),
                Der.of(IP_ADDRESS, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
        return Der.of(
                Der.SEQUENCE,
                extension(ALTERNATIVE_NAMES, names),
                extension(BASIC_CONSTRAINTS, Der.of(Der.SEQUENCE)), // no authority
                extension(KEY_USAGE, Der.of(Der.BIT_STRING, new byte[] {7, (byte) 0x80})), // digitalSignature
                extension(EXTENDED_KEY_USAGE, Der.of(Der.SEQUENCE, Der.oid(SERVER))));
    }

    private static byte[] extension(String oid, byte[] value) {
        return Der.of(Der.SEQUENCE, Der.oid(oid), Der.of(Der.OCTET_STRING, value));
    }

    private static byte[] bits(byte[] bytes) {
        return Der.of(Der.BIT_STRING, new byte[] {0}, bytes); // none unused
    }

    private static byte[] time(Instant instant) {
        return Der.of(UTC_TIME, ascii(TIME.format(instant)));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
