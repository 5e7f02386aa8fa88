package dev.waitress;

import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Header;
import dev.waitress.wsgi.StartResponse;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/** An application that a test steers: requests wait for one another, not for the clock. */
final class Stages implements Application {
    static final int BIG = 8 * 1024 * 1024;

    private final Map<String, CountDownLatch> latches = new ConcurrentHashMap<>();

    /** One permit for each request that has begun. */
    private final Semaphore begun = new Semaphore(0);

    /** The clients that have been found gone. */
    final Semaphore gone = new Semaphore(0);

    private CountDownLatch latch(String name) {
        return latches.computeIfAbsent(name, any -> new CountDownLatch(1));
    }

    /** Waits until so many more requests have begun. */
    void awaitBegun(int count) throws InterruptedException {
        begun.acquire(count);
    }

    /** Lets the requests of this path go on. */
    void release(String path) {
        latch(path).countDown();
    }

    @Override
    public Iterable<byte[]> call(Map<String, Object> environ, StartResponse response) throws Exception {
        begun.release();
        String path = String.valueOf(environ.get("PATH_INFO"));
        if (path.startsWith("/wait")) {
            latch(path).await();
            return answer(response, path);
        }
        if (path.equals("/gone")) {
            BooleanSupplier disconnected = (BooleanSupplier) required(environ, "waitress.client_disconnected");
            while (!disconnected.getAsBoolean() && latch(path).getCount() > 0) {
                Thread.onSpinWait();
            }
            gone.release(disconnected.getAsBoolean() ? 1 : 0);
            return answer(response, disconnected.getAsBoolean() ? "gone" : "there");
        }
        if (path.equals("/endless")) {
            response.start("200 OK", List.of());
            return new Endless();
        }
        return answer(response, path.equals("/big") ? "x".repeat(BIG) : body(environ));
    }

    private static Object required(Map<String, Object> environ, String key) {
        return Objects.requireNonNull(environ.get(key), key);
    }

    private static String body(Map<String, Object> environ) throws Exception {
        InputStream input = (InputStream) required(environ, "wsgi.input");
        return new String(input.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static List<byte[]> answer(StartResponse response, String text) throws Exception {
        byte[] body = text.getBytes(StandardCharsets.ISO_8859_1);
        response.start("200 OK", List.of(new Header("Content-Length", String.valueOf(body.length))));
        return List.of(body);
    }

    /** Blocks without end; tells when nobody takes them any more. */
    private final class Endless implements Iterable<byte[]>, AutoCloseable {
        @Override
        public Iterator<byte[]> iterator() {
            return Collections.nCopies(Integer.MAX_VALUE, new byte[64 * 1024]).iterator();
        }

        @Override
        public void close() {
            gone.release();
        }
    }
}
