import static java.nio.charset.StandardCharsets.UTF_8;

import dev.waitress.Waitress;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Header;
import dev.waitress.wsgi.StartResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A Java application in one file: a greeting, an echo of what is posted, and a page that is made while it is sent.
 *
 * <pre>
 * java -cp cli/target/waitress-serve.jar examples/Hello.java
 * </pre>
 */
public final class Hello implements Application {
    private static final Header TEXT = new Header("Content-Type", "text/plain; charset=utf-8");

    /** Serves until Ctrl-C. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Waitress.serve(new Hello(), Settings.defaults().with(Setting.LISTEN, List.of("127.0.0.1:8041")));
    }

    @Override
    public Iterable<byte[]> call(Map<String, Object> environ, StartResponse startResponse) throws IOException {
        return switch ((String) environ.get("PATH_INFO")) {
            case "/" -> answer(startResponse, "200 OK", "Hello from Java!\n");
            case "/echo" -> echo((InputStream) environ.get("wsgi.input"), startResponse);
            case "/count" -> count(startResponse);
            case "/fail" -> throw new IllegalStateException("as asked for");
            default -> answer(startResponse, "404 Not Found", "There is /, /echo, /count and /fail.\n");
        };
    }

    private static Iterable<byte[]> answer(StartResponse startResponse, String status, String text) {
        startResponse.start(status, TEXT);
        return List.of(text.getBytes(UTF_8));
    }

    private static Iterable<byte[]> echo(InputStream input, StartResponse startResponse) throws IOException {
        byte[] body = input.readAllBytes();
        startResponse.start("200 OK", new Header("Content-Length", String.valueOf(body.length)));
        return List.of(body);
    }

    /** Each line is on its way before the next is made. */
    private static Iterable<byte[]> count(StartResponse startResponse) {
        startResponse.start("200 OK", TEXT);
        Iterator<byte[]> lines = IntStream.rangeClosed(1, 1000)
                .mapToObj(number -> (number + "\n").getBytes(UTF_8))
                .iterator();
        return () -> lines;
    }
}
