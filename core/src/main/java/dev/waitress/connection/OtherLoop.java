package dev.waitress.connection;

import dev.waitress.exchange.Peer;
import dev.waitress.loop.EventLoop;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;

/** A loop that has its clients handed over by another one, which accepts for both. Thread-safe. */
final class OtherLoop implements Branch {
    private final EventLoop loop;
    private final Admission admission;
    private final Runnable whenThereIsRoom;
    private final AtomicInteger count = new AtomicInteger();

    /** Those of them that it has not seen yet. */
    private final AtomicInteger onTheWay = new AtomicInteger();

    private volatile boolean isFull;

    /**
     * Whether the loop that accepts waits for those on the way: they may not stay, or others leave before they arrive.
     */
    private volatile boolean isAwaited;

    /**
     * Makes one of a loop.
     *
     * @param admission of that loop
     * @param whenThereIsRoom what to do, over there, when there is room again
     */
    OtherLoop(EventLoop loop, Admission admission, Runnable whenThereIsRoom) {
        this.loop = loop;
        this.admission = admission;
        this.whenThereIsRoom = whenThereIsRoom;
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
    public int free() {
        return admission.places() - count.get();
    }

    /**
     * Where somebody has to leave for the next one, it is known only over there whether anybody can, and how many: so
     * these are handed over one at a time.
     */
    @Override
    public boolean hasRoom() {
        if (isFull || free() > 0) {
            return !isFull;
        }
        isAwaited = true; // first: the last of them may arrive now
        return onTheWay.get() == 0;
    }

    @Override
    public void take(SocketChannel socket, Peer peer) {
        count.incrementAndGet();
        onTheWay.incrementAndGet();
        loop.execute(() -> arrived(admission.take(socket, peer)));
    }

    private void arrived(boolean stays) {
        if (!stays) {
            count.decrementAndGet();
        }
        isFull = !admission.hasRoom();
        if (onTheWay.decrementAndGet() == 0 && !isFull && isAwaited) {
            isAwaited = false;
            whenThereIsRoom.run();
        }
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
