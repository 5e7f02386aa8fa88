package dev.waitress.log;

import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Refusal;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.ResponseEnd;
import dev.waitress.exchange.ResponseObserver;
import dev.waitress.http.ResponseHead;
import java.util.Map;

/** One line in the making: what is known of the request is composed and kept. Used again and again. Event loop only. */
final class AccessEntry implements ResponseObserver {
    /** What nginx logs for a client that left before it was answered. */
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private static final long UNKNOWN = -1;
    private static final int USUAL_BYTES = 512;

    private final AccessLog log;
    private final AccessFormat format;

    /** What the format composes of the request, and where each text ends. */
    private final Line texts;

    private final int[] ends;
    private long firstByteNanos;
    private long completeNanos;
    private Map<String, String> fields = Map.of();

    AccessEntry(AccessLog log, AccessFormat format) {
        this.log = log;
        this.format = format;
        this.texts = format.line(USUAL_BYTES);
        this.ends = new int[format.parts()];
    }

    /** Bytes that it holds on to. */
    int capacity() {
        return texts.capacity();
    }

    AccessEntry begin(Request request) {
        begin(Asked.of(request, System.currentTimeMillis()), request.firstByteNanos());
        completeNanos = request.completeNanos();
        return this;
    }

    private void begin(Asked asked, long newFirstByteNanos) {
        firstByteNanos = newFirstByteNanos;
        fields = Map.of();
        texts.clear();
        format.compose(asked, texts, ends);
    }

    @Override
    public void started(ResponseHead head) {
        fields = format.fieldsOf(head);
    }

    @Override
    public void ended(ResponseEnd end) {
        long now = System.nanoTime();
        Producer producer = end.producer();
        long begun = producer == null ? 0 : producer.begunNanos();
        end(new Answered(
                end.statusCode() == 0 ? CLIENT_CLOSED_REQUEST : end.statusCode(),
                end.bodyBytes(),
                !end.isComplete() ? 'X' : end.keepsConnection() ? '+' : '-',
                fields,
                producer == null ? "" : producer.name(),
                begun == 0 ? UNKNOWN : Math.max(0, begun - completeNanos),
                begun == 0 ? UNKNOWN : now - begun,
                now - firstByteNanos));
    }

    /** A line without an application. */
    void refused(Refusal refusal) {
        begin(Asked.of(refusal, System.currentTimeMillis()), refusal.firstByteNanos());
        end(new Answered(
                refusal.rejection().rule().status().code(),
                refusal.bodyBytes(),
                '-',
                fields,
                "",
                UNKNOWN,
                UNKNOWN,
                System.nanoTime() - firstByteNanos));
    }

    private void end(Answered answered) {
        if (log.shows(answered.status())) {
            format.write(texts, ends, answered, log.lines().next());
            log.lines().ended();
        }
        log.recycle(this);
    }
}
