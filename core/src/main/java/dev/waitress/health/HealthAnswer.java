package dev.waitress.health;

import dev.waitress.exchange.Response;
import dev.waitress.http.Ascii;
import dev.waitress.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An answer about the server itself.
 *
 * @param status with its reason phrase
 * @param allow methods for an Allow field; empty for none
 * @param body JSON, or nothing
 */
record HealthAnswer(String status, String allow, String body) {
    static final HealthAnswer LIVE = new HealthAnswer("200 OK", "", "{\"live\": true}\n");
    static final HealthAnswer READY = new HealthAnswer("200 OK", "", "{\"ready\": true, \"reasons\": []}\n");

    /** RFC 9110 §15.5.6: Allow must be there. */
    static final HealthAnswer NOT_ALLOWED = new HealthAnswer("405 Method Not Allowed", "GET, HEAD", "");

    /** Nothing else is served there. */
    static final HealthAnswer NOT_FOUND = new HealthAnswer("404 Not Found", "", "");

    static HealthAnswer notReady(List<String> reasons) {
        String list = reasons.stream().map(HealthAnswer::quoted).collect(Collectors.joining(", "));
        return new HealthAnswer("503 Service Unavailable", "", "{\"ready\": false, \"reasons\": [" + list + "]}\n");
    }

    private static String quoted(String reason) {
        return '"' + reason.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    void sendTo(Response response) {
        ResponseHead head = new ResponseHead();
        byte[] line = Ascii.bytes(status);
        head.start(line, 0, line.length);
        field(head, "Cache-Control", "no-store");
        if (!allow.isEmpty()) {
            field(head, "Allow", allow);
        }
        if (!body.isEmpty()) {
            field(head, "Content-Type", "application/json");
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        head.setContentLength(bytes.length); // also for HEAD: nothing is guessed from a body that is empty
        response.send(head, bytes, 0, bytes.length);
    }

    private static void field(ResponseHead head, String name, String value) {
        byte[] names = Ascii.bytes(name);
        byte[] values = Ascii.bytes(value);
        head.field(names, 0, names.length, values, 0, values.length);
    }
}
