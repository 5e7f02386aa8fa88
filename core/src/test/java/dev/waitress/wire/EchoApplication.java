package dev.waitress.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.Header;
import dev.waitress.wsgi.StartResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers with what it was called with, in the words of a case. */
final class EchoApplication implements Application {
    @Override
    public Iterable<byte[]> call(Map<String, Object> environ, StartResponse startResponse) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("head " + text(environ, "REQUEST_METHOD") + " " + text(environ, "REQUEST_URI"));
        environ.forEach((key, value) -> {
            if (value instanceof String) {
                lines.add(key + " \"" + text(environ, key) + "\"");
            }
        });
        InputStream input = (InputStream) environ.get("wsgi.input");
        lines.add(
                Outcome.body(input == null ? new byte[0] : input.readAllBytes()).line());
        startResponse.start("200 OK", new Header("Content-Type", "text/plain"));
        return List.of(String.join("\n", lines).getBytes(US_ASCII));
    }

    private static String text(Map<String, Object> environ, String key) {
        return Notation.encode(String.valueOf(environ.get(key)));
    }

    /** What an answer says: the head that came, and its body. */
    static List<Outcome> read(String answer) {
        List<String> lines = answer.lines().toList();
        int last = lines.size() - 1;
        return List.of(new Outcome(lines.get(0), lines.subList(1, last)), new Outcome(lines.get(last)));
    }
}
