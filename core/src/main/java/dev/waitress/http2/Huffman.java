package dev.waitress.http2;

import java.util.Arrays;

/**
 * The code of RFC 7541 §5.2. It is canonical: the lengths of appendix B say all, as codes of one length follow each
 * other in the order of their symbols. Read by four bits at a time.
 */
final class Huffman {
    private static final int EOS = 256;

    /** Bits of the code of each octet, and of the end of a string, which must not be sent. */
    private static final byte[] LENGTHS = {
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28,
        28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15,
        6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22,
        20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23,
        23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22,
        22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26,
        27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27,
        26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30
    };

    /** No code is shorter, and so four bits complete one symbol at most. */
    private static final int SHORTEST = 5;

    private static final int LONGEST = 30;
    private static final int NIBBLE = 4;
    private static final int MOST_PADDING = 7;
    private static final short INVALID = -1;
    private static final short NOTHING = -1;

    private static final int[] CODES = codes();
    private static final Tree TREE = new Tree();

    /** Where four bits lead from each node: {@link #INVALID} where that is no code. */
    private static final short[] NEXT = new short[EOS << NIBBLE];

    /** The symbol that they complete, or {@link #NOTHING}. */
    private static final short[] SYMBOLS = new short[EOS << NIBBLE];

    static {
        for (int node = 0; node < EOS; node++) {
            for (int bits = 0; bits < 1 << NIBBLE; bits++) {
                walk(node, bits);
            }
        }
    }

    private Huffman() {}

    private static int[] codes() {
        int[] codes = new int[LENGTHS.length];
        int code = 0;
        for (int length = SHORTEST; length <= LONGEST; length++) {
            for (int symbol = 0; symbol < LENGTHS.length; symbol++) {
                if (LENGTHS[symbol] == length) {
                    codes[symbol] = code++;
                }
            }
            code <<= 1;
        }
        return codes;
    }

    /** The code as a tree: children below zero are symbols. */
    private static final class Tree {
        final int[] children = new int[2 * EOS];

        /** How many bits lead to a node where they all are ones, so that it may be padding; else a large number. */
        final int[] ones = new int[EOS];

        Tree() {
            int nodes = 1;
            Arrays.fill(ones, LONGEST);
            ones[0] = 0;
            for (int symbol = 0; symbol <= EOS; symbol++) {
                int node = 0;
                for (int bit = LENGTHS[symbol] - 1; bit > 0; bit--) {
                    int child = 2 * node + (CODES[symbol] >>> bit & 1);
                    if (children[child] == 0) {
                        children[child] = nodes;
                        ones[nodes++] = child % 2 == 1 && ones[node] < LONGEST ? ones[node] + 1 : LONGEST;
                    }
                    node = children[child];
                }
                children[2 * node + (CODES[symbol] & 1)] = ~symbol;
            }
        }
    }

    private static void walk(int from, int bits) {
        int at = from << NIBBLE | bits;
        int node = from;
        SYMBOLS[at] = NOTHING;
        for (int bit = NIBBLE - 1; bit >= 0; bit--) {
            int child = TREE.children[2 * node + (bits >>> bit & 1)];
            if (child == ~EOS) {
                NEXT[at] = INVALID;
                return;
            }
            if (child < 0) {
                SYMBOLS[at] = (short) ~child;
            }
            node = Math.max(child, 0);
        }
        NEXT[at] = (short) node;
    }

    /** Most octets that so many bytes can stand for. */
    static int mostDecoded(int bytes) {
        return 8 * bytes / SHORTEST;
    }

    /** Decodes into the target from an index on, where there is room; the index behind, or -1 where that is no code. */
    static int decode(byte[] source, int start, int end, byte[] target, int at) {
        int node = 0;
        int to = at;
        for (int i = start; i < end; i++) {
            for (int shift = NIBBLE; shift >= 0; shift -= NIBBLE) {
                int step = node << NIBBLE | source[i] >>> shift & 0xF;
                if (NEXT[step] == INVALID) {
                    return -1;
                }
                if (SYMBOLS[step] != NOTHING) {
                    target[to++] = (byte) SYMBOLS[step];
                }
                node = NEXT[step];
            }
        }
        // RFC 7541 §5.2: what is left of the last byte is the beginning of EOS, and less than a byte.
        return TREE.ones[node] <= MOST_PADDING ? to : -1;
    }
}
