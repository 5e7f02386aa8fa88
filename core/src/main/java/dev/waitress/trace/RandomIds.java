package dev.waitress.trace;

import java.security.SecureRandom;

/** Makes ids that nobody else makes. One thread at a time. */
public final class RandomIds {
    /** So that the system is asked once for some 170 traces. */
    private static final int POOL_BYTES = 4096;

    private static final byte[] DIGITS = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private final SecureRandom random = new SecureRandom();
    private final byte[] pool = new byte[POOL_BYTES];
    private int used = POOL_BYTES;

    /** Puts an id where there is room for it, of an even number of digits; it is not all zeros. */
    public void put(byte[] target, int start, int end) {
        boolean isZero = true;
        while (isZero) {
            for (int i = start; i < end; i += 2) {
                int octet = next();
                target[i] = DIGITS[octet >> 4 & 0xF];
                target[i + 1] = DIGITS[octet & 0xF];
                isZero &= octet == 0;
            }
        }
    }

    private int next() {
        if (used == POOL_BYTES) {
            random.nextBytes(pool);
            used = 0;
        }
        return pool[used++];
    }
}
