package dev.waitress.log;

import dev.waitress.gateway.Producer;
import dev.waitress.gateway.Refusal;
import dev.waitress.gateway.Request;
import dev.waitress.gateway.Response;
import dev.waitress.gateway.ResponseObserver;
import dev.waitress.http.ResponseHead;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One line in the making: what is known first is kept, in the form that it will have. Event loop only. */
final class AccessEntry implements ResponseObserver {
    /** What nginx logs for a client that left before it was answered. */
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private static final long UNKNOWN = -1;
    private static final int HEAD_BYTES = 128;

    private final AccessLog log;
    private final long firstByteNanos;
    private final long completeNanos;

    /** The values of the request, one behind the other, and where each ends. */
    private final byte[] values;

    private final int[] ends;

    /** The values of the answer's head; there are none unless the format wants some. */
    private @Nullable Line headValues;

    private int @Nullable [] headEnds;

    AccessEntry(AccessLog log, Request request) {
        this(log, Asked.of(request, System.currentTimeMillis()), request.firstByteNanos(), request.completeNanos());
    }

    AccessEntry(AccessLog log, Refusal refusal) {
        this(log, Asked.of(refusal, System.currentTimeMillis()), refusal.firstByteNanos(), UNKNOWN);
    }

    private AccessEntry(AccessLog log, Asked asked, long firstByteNanos, long completeNanos) {
        this.log = log;
        this.firstByteNanos = firstByteNanos;
        this.completeNanos = completeNanos;
        List<Directive> directives = log.format().directives();
        Line line = log.scratch();
        ends = new int[directives.size()];
        for (int i = 0; i < ends.length; i++) {
            if (directives.get(i) instanceof Directive.OfRequest directive) {
                directive.write(asked, line);
            }
            ends[i] = line.length();
        }
        values = Arrays.copyOf(line.bytes(), line.length());
    }

    @Override
    public void started(ResponseHead head) {
        if (!log.format().readsHeads()) {
            return;
        }
        List<Directive> directives = log.format().directives();
        Line line = new Line(log.format().json(), HEAD_BYTES);
        int[] lineEnds = new int[directives.size()];
        for (int i = 0; i < lineEnds.length; i++) {
            if (directives.get(i) instanceof Directive.OfHead directive) {
                directive.write(head, line);
            }
            lineEnds[i] = line.length();
        }
        headValues = line;
        headEnds = lineEnds;
    }

    @Override
    public void ended(Response response) {
        long now = System.nanoTime();
        Producer producer = response.producer();
        long begun = producer == null ? 0 : producer.begunNanos();
        write(new Answered(
                response.statusCode() == 0 ? CLIENT_CLOSED_REQUEST : response.statusCode(),
                response.bodyBytes(),
                !response.isComplete() ? 'X' : response.keepsConnection() ? '+' : '-',
                producer == null ? "" : producer.name(),
                begun == 0 ? UNKNOWN : Math.max(0, begun - completeNanos),
                begun == 0 ? UNKNOWN : now - begun,
                now - firstByteNanos));
    }

    void ended(Refusal refusal) {
        write(new Answered(
                refusal.rejection().rule().status().code(),
                refusal.bodyBytes(),
                '-',
                "",
                UNKNOWN,
                UNKNOWN,
                System.nanoTime() - firstByteNanos));
    }

    private void write(Answered answered) {
        Line line = log.lines();
        List<Directive> directives = log.format().directives();
        for (int i = 0; i < ends.length; i++) {
            Directive directive = directives.get(i);
            if (directive instanceof Directive.Literal literal) {
                line.raw(literal.bytes());
            } else if (directive instanceof Directive.OfAnswer known) {
                known.write(answered, line);
            } else if (directive instanceof Directive.OfRequest) {
                line.raw(values, i == 0 ? 0 : ends[i - 1], ends[i]);
            } else if (headValues != null && headEnds != null) {
                line.raw(headValues.bytes(), i == 0 ? 0 : headEnds[i - 1], headEnds[i]);
            } else {
                line.absent();
            }
        }
        log.lineEnded();
    }
}
