package dev.waitress.exchange;

import dev.waitress.http.Ascii;
import dev.waitress.http.ResponseHead;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An answer about the server itself, which no application gives.
 *
 * @param status with its reason phrase
 * @param allow methods for an Allow field; empty for none
 * @param type of the body
 * @param body text, or nothing
 * @param charset by which it is sent
 */
public record ServerAnswer(String status, String allow, String type, String body, Charset charset) {
    /** One whose text is sent as UTF-8. */
    public ServerAnswer(String status, String allow, String type, String body) {
        this(status, allow, type, body, StandardCharsets.UTF_8);
    }

    /** Nothing else is served there. */
    public static final ServerAnswer NOT_FOUND = new ServerAnswer("404 Not Found", "", "", "");

    /** RFC 9110 §15.5.6: Allow must be there. */
    public static ServerAnswer notAllowed(String allow) {
        return new ServerAnswer("405 Method Not Allowed", allow, "", "");
    }

    public static ServerAnswer json(String status, String body) {
        return new ServerAnswer(status, "", "application/json", body);
    }

    /** One whose body is sent as it is. */
    public static ServerAnswer bytes(String status, String type, byte[] body) {
        return new ServerAnswer(
                status, "", type, new String(body, StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
    }

    public void sendTo(Response response) {
        sendTo(response, Map.of());
    }

    /** The same with fields of its own. */
    public void sendTo(Response response, Map<String, String> fields) {
        ResponseHead head = new ResponseHead();
        byte[] line = Ascii.bytes(status);
        head.start(line, 0, line.length);
        field(head, "Cache-Control", "no-store");
        if (!allow.isEmpty()) {
            field(head, "Allow", allow);
        }
        if (!body.isEmpty()) {
            field(head, "Content-Type", type);
        }
        fields.forEach((name, value) -> field(head, name, value));
        byte[] bytes = body.getBytes(charset);
        head.setContentLength(bytes.length); // also for HEAD: nothing is guessed from a body that is empty
        response.send(head, bytes, 0, bytes.length);
    }

    private static void field(ResponseHead head, String name, String value) {
        byte[] names = Ascii.bytes(name);
        byte[] values = Ascii.bytes(value);
        head.field(names, 0, names.length, values, 0, values.length);
    }
}
