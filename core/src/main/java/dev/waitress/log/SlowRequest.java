package dev.waitress.log;

import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.ResponseEnd;
import dev.waitress.exchange.ResponseObserver;
import dev.waitress.http.Ascii;
import dev.waitress.http.Printable;
import dev.waitress.http.RequestHead;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A request that may turn out to be slow. It is over when all of its answer has left, or when it has not left for so
 * long that this alone is slow. Event loop only.
 */
final class SlowRequest implements ResponseObserver {
    private static final Logger LOG = System.getLogger("waitress");

    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final byte[] line;
    private final String id;
    private final long firstByteNanos;
    private final long completeNanos;
    private final long thresholdNanos;
    private final LongSupplier nanos;
    private final Consumer<SlowRequest> whenOver;

    private @Nullable Producer producer;
    private boolean isAsked;
    private String stack = "";
    private long stackNanos;

    private boolean hasEnded;
    private boolean isOver;
    private long begunNanos;
    private long endedNanos;
    private int status;
    private String worker = "";

    SlowRequest(Request request, long thresholdNanos, LongSupplier nanos, Consumer<SlowRequest> whenOver) {
        RequestHead head = request.head();
        this.line = Arrays.copyOfRange(head.bytes(), head.methodStart(), head.targetEnd());
        this.id = Ascii.text(request.id().text());
        this.firstByteNanos = request.firstByteNanos();
        this.completeNanos = request.completeNanos();
        this.thresholdNanos = thresholdNanos;
        this.nanos = nanos;
        this.whenOver = whenOver;
    }

    /** Does what is due at this time; false if it is too early for that. */
    boolean look(long nowNanos) {
        if (nowNanos - completeNanos < thresholdNanos) {
            return false;
        }
        if (hasEnded) {
            if (nowNanos - endedNanos >= thresholdNanos) {
                over(nowNanos);
            }
        } else if (producer != null) {
            locate(producer, nowNanos);
        }
        return true;
    }

    private void locate(Producer running, long nowNanos) {
        long begun = running.begunNanos();
        if (isAsked || !stack.isEmpty() || begun == 0 || nowNanos - begun < thresholdNanos) {
            return;
        }
        isAsked = true;
        running.locate(found -> {
            isAsked = false; // nothing is found of what waits for a thread; it is asked for again
            stack = found;
            stackNanos = nanos.getAsLong() - begun;
        });
    }

    @Override
    public void producedBy(Producer newProducer) {
        producer = newProducer;
        isAsked = false;
    }

    @Override
    public void ended(ResponseEnd end) {
        hasEnded = true;
        endedNanos = nanos.getAsLong();
        status = end.statusCode();
        if (producer != null) {
            begunNanos = producer.begunNanos();
            worker = producer.name();
            producer = null; // it holds more than we need
        }
        if (!end.isComplete()) {
            over(endedNanos);
        }
    }

    @Override
    public void left() {
        over(nanos.getAsLong());
    }

    private void over(long nowNanos) {
        if (isOver) {
            return; // it has left after all, long afterwards
        }
        isOver = true;
        whenOver.accept(this);
        if (nowNanos - firstByteNanos >= thresholdNanos) {
            LOG.log(Level.WARNING, describe(nowNanos));
        }
    }

    private String describe(long nowNanos) {
        boolean isOurs = endedNanos - completeNanos >= thresholdNanos;
        long begun = begunNanos == 0 ? endedNanos : begunNanos;
        StringBuilder text = new StringBuilder(isOurs ? "slow request: " : "slow client: ");
        text.append(Printable.of(Ascii.text(line))).append(id.isEmpty() ? "" : " (" + id + ")");
        text.append(": ").append(status == 0 ? "no answer" : status);
        text.append(String.format(
                Locale.ROOT,
                " after %.3f s: receive %.3f, queue %.3f, application %.3f, send %.3f",
                (nowNanos - firstByteNanos) / NANOS,
                (completeNanos - firstByteNanos) / NANOS,
                Math.max(0, begun - completeNanos) / NANOS,
                (endedNanos - begun) / NANOS,
                (nowNanos - endedNanos) / NANOS));
        text.append(worker.isEmpty() ? "" : ", by " + worker);
        if (!stack.isEmpty()) {
            text.append(String.format(Locale.ROOT, ", which was here after %.3f s:\n", stackNanos / NANOS))
                    .append(stack.stripTrailing());
        }
        return text.toString();
    }
}
