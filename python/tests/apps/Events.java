import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Header;
import dev.waitress.wsgi.StartResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** Streams that wait for something to happen, and a page that does not: {@code events.py} in Java. */
public final class Events implements Application {
    private static final CountDownLatch HAPPENED = new CountDownLatch(1);

    @Override
    public Iterable<byte[]> call(Map<String, Object> environ, StartResponse startResponse) {
        String path = (String) environ.get("PATH_INFO");
        if (path.equals("/happens")) {
            HAPPENED.countDown();
        }
        startResponse.start("200 OK", new Header("Content-Type", "text/plain"));
        return switch (path) {
            case "/events" -> () -> IntStream.range(0, 2).mapToObj(Events::piece).iterator();
            case "/large" -> () -> IntStream.range(0, 1000).mapToObj(each -> new byte[65_536]).iterator();
            default -> List.of(String.valueOf(threads()).getBytes(ISO_8859_1));
        };
    }

    private static byte[] piece(int number) {
        if (number == 0) {
            return "begun".getBytes(ISO_8859_1);
        }
        try {
            HAPPENED.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return "happened".getBytes(ISO_8859_1);
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("waitress-\\d+"))
                .count();
    }
}
