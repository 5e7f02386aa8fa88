package dev.waitress.http1;

import dev.waitress.testkit.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The meaning of one request, without the ways to write it.
 *
 * @param fields each {@code name: value}
 * @param body decoded, one character per byte
 */
record Message(String method, String target, int minorVersion, List<String> fields, String body) {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static final String TOKEN = LETTERS + "!#$%&'*+-.^`|~";
    private static final String VISIBLE = TOKEN + "\"(),/:;<=>?@[\\]{}\u0080\u00e4\u00ff";
    private static final String ANY = VISIBLE + "\r\n\t \0\u007f";
    private static final String PATH = LETTERS + "-._~%!$&'()*+,;=:@/\"<>[\\]^`{|}";

    /** Any request that a server must accept. */
    static Message valid(SplittableRandom random) {
        int minorVersion = random.nextInt(4) == 0 ? 0 : 1;
        List<String> fields = new ArrayList<>();
        if (minorVersion > 0 || random.nextBoolean()) {
            fields.add("Host: " + Property.oneOf(random, "a", "a.b:80", "[::1]", ""));
        }
        for (int i = random.nextInt(5); i > 0; i--) {
            fields.add(random.nextInt(fields.size() + 1), field(random));
        }
        String body = "";
        if (random.nextBoolean()) {
            body = Property.text(random, ANY, 0, 60);
            boolean chunked = minorVersion > 0 && random.nextBoolean();
            fields.add(chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length());
        }
        String method = Property.oneOf(random, "GET", "POST", "HEAD", "PROPFIND", "!");
        return new Message(method, target(random), minorVersion, fields, body);
    }

    private static String field(SplittableRandom random) {
        String value = Property.text(random, VISIBLE, 0, 1)
                + Property.text(random, VISIBLE + " \t", 0, 20)
                + Property.text(random, VISIBLE, 0, 1);
        return Property.oneOf(
                random,
                "X-" + Property.text(random, TOKEN, 0, 10) + ": " + strip(value),
                "Cookie: a=b",
                "Connection: " + Property.oneOf(random, "keep-alive", "close", "x , close"),
                "Expect: 100-continue");
    }

    /** As field values are: SP and HTAB only. */
    private static String strip(String value) {
        return value.replaceAll("^[ \t]+|[ \t]+$", "");
    }

    private static String target(SplittableRandom random) {
        String query = random.nextBoolean() ? "?" + Property.text(random, PATH + "?", 0, 10) : "";
        return Property.oneOf(random, "", "", "http://a.b", "HTTPS://[::1]:8080") + "/"
                + Property.text(random, PATH, 0, 15) + query;
    }

    private boolean isChunked() {
        return fields.stream().anyMatch(field -> field.toLowerCase(Locale.ROOT).startsWith("transfer-encoding:"));
    }

    /** As plainly as it can be written. */
    String plain() {
        String framed = isChunked() ? ChunkedBody.plain(body) : body;
        return head("", " ") + framed;
    }

    /** In one of the many ways in which it may be written. */
    String written(SplittableRandom random) {
        String framed = isChunked() ? ChunkedBody.written(random, body) : body;
        String before = Property.oneOf(random, "", "", "", "\r\n", "\r\n\r\n");
        return head(before, Property.oneOf(random, "", " ", "\t", " \t ")) + framed;
    }

    private String head(String before, String whiteSpace) {
        StringBuilder head = new StringBuilder(before + method + " " + target + " HTTP/1." + minorVersion + "\r\n");
        for (String field : fields) {
            head.append(field.replaceFirst(": ", ":" + whiteSpace))
                    .append(whiteSpace)
                    .append("\r\n");
        }
        return head + "\r\n";
    }
}
