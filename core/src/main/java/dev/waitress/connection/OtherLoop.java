package dev.waitress.connection;

import dev.waitress.exchange.Peer;
import dev.waitress.loop.EventLoop;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;

/** A loop that has its clients handed over by another one, which accepts for both. Thread-safe. */
final class OtherLoop implements Branch {
    private final EventLoop loop;
    private final Admission admission;
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean isFull;

    /**
     * Makes one of a loop.
     *
     * @param admission of that loop
     * @param whenThereIsRoom what to do, over there, when there is room again
     */
    OtherLoop(EventLoop loop, Admission admission, Runnable whenThereIsRoom) {
        this.loop = loop;
        this.admission = admission;
        this.isFull = !admission.hasRoom(); // its share may be none
        admission.tell(count::decrementAndGet, () -> {
            isFull = false;
            whenThereIsRoom.run();
        });
    }

    @Override
    public int count() {
        return count.get();
    }

    @Override
    public boolean hasRoom() {
        return !isFull;
    }

    @Override
    public void take(SocketChannel socket, Peer peer) {
        count.incrementAndGet();
        loop.execute(() -> {
            if (!admission.take(socket, peer)) {
                count.decrementAndGet();
            }
            isFull = !admission.hasRoom();
        });
    }

    @Override
    public void sendAway() {
        loop.execute(admission::sendAway);
    }

    @Override
    public void drain(Runnable callback) {
        loop.execute(() -> admission.drain(callback));
    }
}
