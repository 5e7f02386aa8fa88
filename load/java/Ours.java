import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Header;
import dev.waitress.wsgi.StartResponse;
import java.util.List;
import java.util.Map;

/** This server's Java application, for {@code waitress-serve --app-class}: it runs on task threads. */
public final class Ours implements Application {
    private static final Header TYPE = new Header("Content-Type", "text/plain");

    @Override
    public Iterable<byte[]> call(Map<String, Object> environ, StartResponse startResponse) {
        byte[] body = Pages.at((String) environ.get("PATH_INFO"));
        startResponse.start("200 OK", TYPE, new Header("Content-Length", String.valueOf(body.length)));
        return List.of(body);
    }
}
