package dev.waitress.otlp;

import dev.waitress.http.Ascii;
import dev.waitress.http.HostText;
import dev.waitress.http.Protocol;
import dev.waitress.trace.RandomIds;
import dev.waitress.trace.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes spans as OTLP has them in JSON, an {@code ExportTraceServiceRequest}. OpenTelemetry Protocol Specification
 * 1.5; attributes by the semantic conventions for HTTP spans. One thread at a time.
 */
final class OtlpJson {
    private static final int USUAL_REQUEST_BYTES = 3072;

    // Span.SpanKind and Status.StatusCode of trace.proto.
    private static final int INTERNAL = 1;
    private static final int SERVER = 2;
    private static final int ERROR = 2;

    /** Span.flags of trace.proto: the flags of the trace, and whether it is known that the parent is elsewhere. */
    private static final int SAMPLED = 0x1;

    private static final int KNOWS_IS_REMOTE = 0x100;
    private static final int IS_REMOTE = 0x200;

    private static final int SERVER_ERROR = 500;
    private static final int MOST_STATE_BYTES = 512;
    private static final int SPAN_ID_DIGITS = 16;

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE");

    private final Map<String, String> resource;
    private final RandomIds ids = new RandomIds();

    /** For these attributes of all spans. */
    OtlpJson(Map<String, String> resource) {
        this.resource = resource;
    }

    byte[] write(List<FinishedRequest> requests) {
        JsonText json = new JsonText(USUAL_REQUEST_BYTES * (requests.size() + 1));
        json.open('{').name("resourceSpans").open('[').open('{');
        json.name("resource").open('{').name("attributes").open('[');
        resource.forEach(json::attribute);
        json.close(']').close('}').name("scopeSpans").open('[').open('{');
        json.name("scope").open('{').field("name", "waitress").close('}');
        json.name("spans").open('[');
        requests.forEach(each -> write(each, json));
        json.close(']').close('}').close(']').close('}').close(']').close('}');
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void write(FinishedRequest request, JsonText json) {
        writeOwn(request, json);
        if (!request.attempts().isEmpty()) {
            Attempt first = request.attempts().get(0);
            beginChild("queue", request, request.completeNanos(), first.begunNanos(), json);
            json.close('}');
            for (int i = 0; i < request.attempts().size(); i++) {
                writeAttempt(request, i, json);
            }
        }
        if (request.leftNanos() != 0) {
            beginChild("send", request, request.endedNanos(), request.leftNanos(), json);
            json.close('}');
        }
    }

    private static void writeOwn(FinishedRequest request, JsonText json) {
        TraceContext trace = request.trace();
        byte[] caller = trace.callerId();
        String method = text(request.facts().method());
        boolean isKnown = METHODS.contains(method);
        begin(isKnown ? method : "HTTP", request, request.firstByteNanos(), request.overNanos(), json);
        json.field("spanId", Ascii.text(trace.spanId()));
        if (caller.length > 0) {
            json.field("parentSpanId", Ascii.text(caller));
        }
        if (trace.traceState().length > 0 && trace.traceState().length <= MOST_STATE_BYTES) {
            json.field("traceState", Ascii.text(trace.traceState()));
        }
        json.field("kind", SERVER).field("flags", SAMPLED | KNOWS_IS_REMOTE | (caller.length > 0 ? IS_REMOTE : 0));
        json.name("attributes").open('[');
        json.attribute("http.request.method", isKnown ? method : "_OTHER");
        json.attribute("http.request.method_original", isKnown ? "" : method);
        writeAsked(request.facts(), json);
        writeAnswered(request, json);
        json.close(']');
        if (!error(request).isEmpty()) {
            json.name("status").open('{').field("code", ERROR).close('}');
        }
        json.close('}');
    }

    private static void writeAsked(RequestFacts facts, JsonText json) {
        HostText host = HostText.of(text(facts.host()));
        json.attribute("url.scheme", facts.scheme());
        json.attribute("url.path", text(facts.path()));
        json.attribute("url.query", QueryText.of(text(facts.query())));
        json.attribute("server.address", host.name());
        if (host.port() > 0) {
            json.attribute("server.port", host.port());
        }
        json.attribute("client.address", text(facts.clientAddress()));
        json.attribute("network.peer.address", facts.peerAddress());
        json.attribute("network.protocol.version", version(facts.protocol()));
        json.attribute("user_agent.original", text(facts.userAgent()));
        json.attribute("http.request.body.size", facts.bodyBytes());
        json.attribute("waitress.request_id", text(facts.id()));
    }

    private static void writeAnswered(FinishedRequest request, JsonText json) {
        if (request.status() != 0) {
            json.attribute("http.response.status_code", request.status());
        }
        json.attribute("http.response.body.size", request.bodyBytes());
        json.attribute("error.type", error(request));
        json.attribute("waitress.attempts", request.attempts().size());
    }

    private static String error(FinishedRequest request) {
        boolean isOurs = request.error().isEmpty() && request.status() >= SERVER_ERROR;
        return isOurs ? Integer.toString(request.status()) : request.error();
    }

    private static String version(Protocol protocol) {
        return switch (protocol) {
            case HTTP_1_0 -> "1.0";
            case HTTP_1_1 -> "1.1";
            case HTTP_2 -> "2";
        };
    }

    private void writeAttempt(FinishedRequest request, int index, JsonText json) {
        Attempt attempt = request.attempts().get(index);
        beginChild("application", request, attempt.begunNanos(), attempt.endedNanos(), json);
        json.name("attributes").open('[').attribute("waitress.worker", attempt.worker());
        json.attribute("waitress.attempt", index + 1);
        json.attribute("error.type", attempt.isLost() ? "worker_lost" : "");
        json.close(']');
        if (attempt.isLost()) {
            json.name("status").open('{').field("code", ERROR).close('}');
        }
        json.close('}');
    }

    private void beginChild(String name, FinishedRequest request, long startNanos, long endNanos, JsonText json) {
        byte[] id = new byte[SPAN_ID_DIGITS];
        ids.put(id, 0, id.length);
        begin(name, request, startNanos, endNanos, json);
        json.field("spanId", Ascii.text(id))
                .field("parentSpanId", Ascii.text(request.trace().spanId()));
        json.field("kind", INTERNAL).field("flags", SAMPLED | KNOWS_IS_REMOTE);
    }

    private static void begin(String name, FinishedRequest request, long startNanos, long endNanos, JsonText json) {
        long offset = request.unixOffsetNanos();
        json.open('{').field("traceId", Ascii.text(request.trace().traceId())).field("name", name);
        json.field("startTimeUnixNano", Long.toString(startNanos + offset));
        json.field("endTimeUnixNano", Long.toString(Math.max(startNanos, endNanos) + offset));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
