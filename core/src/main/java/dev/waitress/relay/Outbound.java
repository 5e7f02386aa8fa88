package dev.waitress.relay;

import dev.waitress.loop.TurnTaker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * What one loop has to tell another: it is gathered during a turn and handed over at once, since to wake somebody costs
 * more than a small request. What was told first is done first. Sending loop only.
 */
final class Outbound implements TurnTaker {
    private static final Logger LOG = System.getLogger("waitress");

    private final Executor receiver;
    private final Passage passage;
    private final long answeredNanos;
    private List<Runnable> gathered = new ArrayList<>();
    private int bytes;
    private boolean hasHandedOver;
    private long handedOverNanos;

    /**
     * The way to a loop.
     *
     * @param passage how much may be on it
     * @param answeredNanos how soon something may come back; for so long the sender does not go to sleep at once
     */
    Outbound(Executor receiver, Passage passage, long answeredNanos) {
        this.receiver = receiver;
        this.passage = passage;
        this.answeredNanos = answeredNanos;
    }

    /** The receiver is to do this. */
    void tell(Runnable message) {
        gathered.add(message);
    }

    /** The same, with so many bytes of a body. */
    void tell(Runnable message, int withBytes) {
        bytes += withBytes;
        gathered.add(message);
    }

    @Override
    public void act(long nowNanos) {
        handOver(nowNanos);
    }

    @Override
    public long settle(long nowNanos) {
        handOver(nowNanos);
        long left = handedOverNanos + answeredNanos - nowNanos;
        hasHandedOver &= left > 0;
        return hasHandedOver ? left : NO_DEADLINE;
    }

    private void handOver(long nowNanos) {
        if (gathered.isEmpty()) {
            return;
        }
        hasHandedOver = true;
        handedOverNanos = nowNanos;
        List<Runnable> messages = gathered;
        int carried = bytes;
        gathered = new ArrayList<>();
        bytes = 0;
        passage.enter(carried);
        receiver.execute(() -> {
            messages.forEach(Outbound::run);
            passage.leave(carried);
        });
    }

    /** What fails takes nothing else along. */
    private static void run(Runnable message) {
        try {
            message.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "uncaught exception on the event loop", e);
        }
    }
}
