import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.microhttp.EventLoop;
import org.microhttp.Header;
import org.microhttp.NoopLogger;
import org.microhttp.OptionsBuilder;
import org.microhttp.Response;

/** microhttp, its handlers on a pool of threads, where they may block: {@code Microhttp PORT THREADS}. */
final class Microhttp {
    private static final List<Header> HEADERS = List.of(new Header("Content-Type", "text/plain"));

    public static void main(String[] arguments) throws IOException {
        ExecutorService pool = Executors.newFixedThreadPool(Integer.parseInt(arguments[1]));
        new EventLoop(
                        OptionsBuilder.newBuilder()
                                .withHost("127.0.0.1")
                                .withPort(Integer.parseInt(arguments[0]))
                                .withRequestTimeout(Duration.ofSeconds(75))
                                .build(),
                        NoopLogger.instance(),
                        (request, callback) -> pool.execute(() ->
                                callback.accept(new Response(200, "OK", HEADERS, Pages.at(request.uri())))))
                .start();
    }
}
