package dev.waitress.task;

import dev.waitress.buffer.FileRegion;
import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Response;
import dev.waitress.http.ResponseHead;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes a response from a task thread to the event loop, and makes the thread wait while the client is too far behind.
 * The methods of {@link Producer} are called by the loop, all others by the task thread.
 */
final class ResponseStream implements Producer {
    private final Response response;
    private final Executor loop;
    private final Transit transit;
    private final long highWatermark;
    private final Runnable whenClientGone;
    private final Supplier<String> line;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private long pending; // guarded by lock
    private boolean gone; // guarded by lock

    /** What the loop is to do last: nobody waits for ever, whatever happens to the task. */
    private Runnable last;

    /** Of the body that it brings, at most. */
    private int lastBytes;

    private volatile boolean clientClosed;

    /** What to do when the first block is there, after which others may follow much later. */
    private Runnable whenStreamed = () -> {};

    // The loop may look before the task thread has begun.
    private volatile String name = "";
    private volatile long begunNanos;
    private volatile @Nullable Thread running;

    ResponseStream(
            Response response,
            Executor loop,
            Transit transit,
            long highWatermark,
            Runnable whenClientGone,
            Supplier<String> line) {
        this.response = response;
        this.loop = loop;
        this.transit = transit;
        this.highWatermark = highWatermark;
        this.whenClientGone = whenClientGone;
        this.line = line;
        this.last = () -> response.fail("");
        loop.execute(() -> {
            response.producedBy(this);
            if (response.hasEnded()) {
                clientGone();
            }
        });
    }

    /**
     * This thread begins to run the application.
     *
     * @param streamed what to do when the response turns out to be one that comes piece by piece
     */
    void begin(Runnable streamed) {
        whenStreamed = streamed;
        name = Thread.currentThread().getName();
        begunNanos = System.nanoTime();
        running = Thread.currentThread();
    }

    /** Ends with a whole response. Like every end it takes the place of another, until {@link #handOver}. */
    void send(ResponseHead head, byte[] body) throws InterruptedException {
        transit.awaitRoom();
        last = () -> response.send(head, body, 0, body.length);
        lastBytes = body.length;
    }

    void hint(ResponseHead hints) {
        loop.execute(() -> response.hint(hints));
    }

    void start(ResponseHead head, long bodyBytes) {
        loop.execute(() -> response.start(head, bodyBytes));
    }

    void body(byte[] block) throws ClientDisconnectedException, InterruptedException {
        whenStreamed.run();
        whenStreamed = () -> {};
        lock.lock();
        try {
            while (pending > highWatermark && !gone) {
                moved.await();
            }
            if (gone) {
                throw new ClientDisconnectedException();
            }
            pending += block.length;
        } finally {
            lock.unlock();
        }
        transit.awaitRoom();
        bring(block.length, () -> response.body(block, 0, block.length));
    }

    private void bring(int bytes, Runnable action) {
        transit.depart(bytes);
        loop.execute(() -> {
            try {
                action.run();
            } finally {
                transit.arrive(bytes);
            }
        });
    }

    /** Ends with part of a file, which the loop closes. */
    void end(FileRegion file) {
        last = () -> {
            response.body(file);
            response.end();
        };
    }

    void end() {
        last = response::end;
    }

    void fail(String traceback) {
        last = () -> response.fail(traceback);
    }

    /** Brings the end to the loop. The client may have it, and ask again, before this returns. */
    void handOver() {
        running = null;
        bring(lastBytes, last);
    }

    /** Whether the client is gone, or has closed its side where the settings say that this means so. */
    boolean isClientGone() {
        if (clientClosed) {
            return true;
        }
        lock.lock();
        try {
            return gone;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String line() {
        return line.get();
    }

    @Override
    public void locate(Consumer<String> told) {
        Thread thread = running;
        String stack = thread == null ? "" : StackTraceText.of(thread, false).toString();
        boolean isStillThere = thread != null && running == thread; // else it is at another request
        told.accept(isStillThere ? stack.stripTrailing().replaceFirst("^\n", "") : "");
    }

    @Override
    public long begunNanos() {
        return begunNanos;
    }

    @Override
    public void drained(long bytes) {
        lock.lock();
        try {
            pending -= bytes;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void clientClosed() {
        clientClosed = true;
    }

    @Override
    public void clientGone() {
        lock.lock();
        try {
            gone = true;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
        whenClientGone.run();
    }
}
