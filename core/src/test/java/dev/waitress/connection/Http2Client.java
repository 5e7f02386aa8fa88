package dev.waitress.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.waitress.http2.Sent;
import dev.waitress.http2.Wire;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A client of HTTP/2 on a stage: what it sends, and what it gets. */
final class Http2Client implements AutoCloseable {
    final Stage stage;

    /** One whose connection is open, and settings are exchanged. */
    Http2Client(String... settings) throws IOException {
        stage = Stage.ofHttp2(map(settings));
        send(Wire.opened());
        receive();
    }

    private static Map<String, String> map(String... settings) {
        return settings.length == 0 ? Map.of() : Map.of(settings[0], settings[1]);
    }

    void send(Wire wire) {
        stage.client.send(wire.toString());
        stage.loop.turn();
    }

    /** The frames that have come since the last call. */
    List<String> receive() {
        stage.loop.turn();
        return Sent.frames(stage.client.take());
    }

    /** The same, but for the fields of heads, of which only the status is shown. */
    List<String> answers() {
        return receive().stream()
                .map(frame -> frame.replaceAll("(:status: ...).*?( end)?$", "$1$2"))
                .toList();
    }

    /** What the application answers to a request, by its place among those that it was given. */
    void answer(int request, String body) {
        byte[] bytes = body.getBytes(ISO_8859_1);
        stage.responses.get(request).send(Stage.head("200 OK"), bytes, 0, bytes.length);
        stage.loop.turn();
    }

    /** The reason for which the connection was ended; empty if it was not. */
    String fault() {
        return receive().stream().filter(frame -> frame.contains(" GOAWAY ")).reduce("", (first, second) -> second);
    }

    @Override
    public void close() throws IOException {
        stage.close();
    }
}
