package dev.waitress.http;

/** The versions of HTTP that the server speaks. RFC 9110 §2.5. */
public enum Protocol {
    HTTP_1_0('0'),
    /** Every later 1.x too. */
    HTTP_1_1('1'),
    HTTP_2('2');

    private final char sign;

    Protocol(char sign) {
        this.sign = sign;
    }

    /** One byte that no other has. */
    public byte sign() {
        return (byte) sign;
    }
}
