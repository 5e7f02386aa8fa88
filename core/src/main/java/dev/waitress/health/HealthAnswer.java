package dev.waitress.health;

import dev.waitress.exchange.Json;
import dev.waitress.exchange.ServerAnswer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Answers to those who watch the server: JSON, or nothing. */
final class HealthAnswer {
    static final ServerAnswer LIVE = ServerAnswer.json("200 OK", "{\"live\": true}\n");
    static final ServerAnswer NOT_ALLOWED = ServerAnswer.notAllowed("GET, HEAD");

    private HealthAnswer() {}

    /** Whether requests would be answered; the reasons why not, or none. */
    static ServerAnswer readiness(List<String> reasons) {
        boolean isReady = reasons.isEmpty();
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("ready", isReady);
        members.put("reasons", reasons);
        return ServerAnswer.json(isReady ? "200 OK" : "503 Service Unavailable", Json.text(members) + "\n");
    }
}
