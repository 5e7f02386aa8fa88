import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Header;
import dev.waitress.wsgi.StartResponse;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Answers without measure: {@code excessive.py} in Java. */
public final class Excessive implements Application {
    private static final String OK = "200 OK";
    private static final byte[] TICK = "tick\n".getBytes(ISO_8859_1);
    private static final byte[] LETTER = {'?', '?', '?', '?'};

    /** Blocks without an end; says when they begin and when it is closed. */
    private record Endless(String name, byte[] block) implements Iterable<byte[]>, AutoCloseable {
        @Override
        public Iterator<byte[]> iterator() {
            System.err.println("began " + name);
            return IntStream.iterate(0, i -> i + 1)
                    .mapToObj(i -> {
                        pause(i);
                        return block;
                    })
                    .iterator();
        }

        @Override
        public void close() {
            System.err.println("closed " + name);
        }
    }

    private static void pause(int i) {
        try {
            Thread.sleep(i == 0 ? 0 : 10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String repeated(int amount) {
        return "x".repeat(amount);
    }

    private static void fail(String name, int amount) throws Exception {
        switch (name) {
            case "text" -> throw new IllegalStateException("begin " + repeated(amount) + " end");
            case "chain" -> {
                Exception failure = new IllegalStateException("the first");
                for (int i = 0; i < amount; i++) {
                    failure = new IllegalStateException("number " + i, failure);
                }
                throw failure;
            }
            case "silent" -> throw new IllegalStateException() {
                @Override
                public String getMessage() {
                    throw new ArithmeticException();
                }
            };
            case "recursion" -> fail(name, amount);
            default -> {}
        }
    }

    @Override
    public Iterable<byte[]> call(Map<String, Object> environ, StartResponse startResponse) throws Exception {
        String name = ((String) environ.get("PATH_INFO")).substring(1);
        String query = (String) environ.get("QUERY_STRING");
        int amount = query.isEmpty() ? 0 : Integer.parseInt(query);
        fail(name, amount);
        switch (name) {
            case "value" -> startResponse.start(OK, new Header("X", repeated(amount)));
            case "values" -> startResponse.start(OK, Collections.nCopies(amount, new Header("X", repeated(100))));
            case "status" -> startResponse.start(amount + " Hm");
            case "reason" -> startResponse.start("200 " + repeated(amount));
            case "full" -> startResponse.start(OK, new Header("Content-Length", "5"));
            case "bodiless" -> startResponse.start(amount + " Hm");
            default -> startResponse.start(OK);
        }
        return switch (name) {
            case "stream", "full", "bodiless" -> new Endless(name, TICK);
            case "empty" -> new Endless(name, new byte[0]);
            case "reused" -> reused();
            default -> List.of("ok".getBytes(ISO_8859_1));
        };
    }

    /** One array for all blocks. */
    private static Iterable<byte[]> reused() {
        return () -> "abcdefgh".chars()
                .mapToObj(letter -> {
                    Arrays.fill(LETTER, (byte) letter);
                    return LETTER;
                })
                .iterator();
    }
}
