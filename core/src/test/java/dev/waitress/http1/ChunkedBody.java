package dev.waitress.http1;

import dev.waitress.testkit.Property;
import java.util.SplittableRandom;

/** Ways to write a body in chunks. */
final class ChunkedBody {
    private ChunkedBody() {}

    static String plain(String body) {
        String data = body.isEmpty() ? "" : Integer.toHexString(body.length()) + "\r\n" + body + "\r\n";
        return data + "0\r\n\r\n";
    }

    static String written(SplittableRandom random, String body) {
        StringBuilder chunks = new StringBuilder();
        for (int at = 0; at < body.length(); ) {
            int end = Math.min(body.length(), at + 1 + random.nextInt(20));
            chunks.append(size(random, end - at))
                    .append("\r\n")
                    .append(body, at, end)
                    .append("\r\n");
            at = end;
        }
        chunks.append(size(random, 0)).append("\r\n");
        for (int i = random.nextInt(3); i > 0; i--) {
            chunks.append(Property.oneOf(random, "X:", "X-Y: z", "Content-Length: 5 ", "~:\t\u00e4"))
                    .append("\r\n");
        }
        return chunks + "\r\n";
    }

    private static String size(SplittableRandom random, int size) {
        String digits = String.format(random.nextBoolean() ? "%x" : "%04X", size);
        return digits + Property.oneOf(random, "", "", ";a", ";a=b", ";a=\"b;\\\"\t\u00e4\"", ";a;b=c;d=\"\"");
    }
}
