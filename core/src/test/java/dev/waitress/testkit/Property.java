package dev.waitress.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Holds a property against many cases, each made from a seed of its own. A failure names its seed;
 * {@code -Dwaitress.seed=} begins with it.
 */
public final class Property {
    private Property() {}

    public static void holds(int cases, Consumer<SplittableRandom> property) {
        long first = Long.getLong("waitress.seed", System.nanoTime());
        for (long seed = first; seed < first + cases; seed++) {
            try {
                property.accept(new SplittableRandom(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("again with -Dwaitress.seed=" + seed + "\n" + e.getMessage(), e);
            }
        }
    }

    public static String oneOf(SplittableRandom random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Between {@code least} and {@code most} characters of those given. */
    public static String text(SplittableRandom random, String characters, int least, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(least, most + 1); i > 0; i--) {
            text.append(characters.charAt(random.nextInt(characters.length())));
        }
        return text.toString();
    }

    /** The same bytes in as many pieces as chance has it: mostly few, sometimes one for each byte. */
    public static List<byte[]> cut(SplittableRandom random, byte[] bytes) {
        int longest = random.nextInt(4) == 0 ? 1 : 1 + random.nextInt(bytes.length + 1);
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < bytes.length; ) {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(longest));
            pieces.add(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        return pieces;
    }

    /** What somebody has tampered with: bytes changed, lost, doubled, or put in that mean something. */
    public static String mutate(SplittableRandom random, String valid) {
        StringBuilder text = new StringBuilder(valid);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + 1 + random.nextInt(8));
            switch (random.nextInt(5)) {
                case 0 -> text.replace(at, Math.min(text.length(), at + 1), "" + (char) random.nextInt(256));
                case 1 -> text.delete(at, end);
                case 2 -> text.insert(at, text.substring(at, end));
                case 3 -> text.setLength(random.nextInt(20) == 0 ? at : text.length());
                default ->
                    text.insert(
                            at, oneOf(random, "\r\n", "\n", "\r", " ", "\t", "\0", ":", ";", ",", "\"", "0", "%", "#"));
            }
        }
        return text.toString();
    }
}
