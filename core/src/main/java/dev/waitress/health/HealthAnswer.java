package dev.waitress.health;

import dev.waitress.exchange.ServerAnswer;
import java.util.List;
import java.util.stream.Collectors;

/** Answers to those who watch the server: JSON, or nothing. */
final class HealthAnswer {
    static final ServerAnswer LIVE = ServerAnswer.json("200 OK", "{\"live\": true}\n");
    static final ServerAnswer READY = ServerAnswer.json("200 OK", "{\"ready\": true, \"reasons\": []}\n");
    static final ServerAnswer NOT_ALLOWED = ServerAnswer.notAllowed("GET, HEAD");

    private HealthAnswer() {}

    static ServerAnswer notReady(List<String> reasons) {
        String list = reasons.stream().map(HealthAnswer::quoted).collect(Collectors.joining(", "));
        return ServerAnswer.json("503 Service Unavailable", "{\"ready\": false, \"reasons\": [" + list + "]}\n");
    }

    private static String quoted(String reason) {
        return '"' + reason.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
