package dev.waitress.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.MemoryBudget;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLoopTest {
    private static final int SECONDS = 10;

    @Test
    void outlivesAnActionThatFails() throws Exception {
        EventLoop loop = new EventLoop("test-loop", 100, MemoryBudget.ofHeap(), Clock.SYSTEM);
        CountDownLatch alive = new CountDownLatch(1);
        loop.start();
        loop.execute(() -> {
            throw new OutOfMemoryError("not really");
        });
        loop.execute(alive::countDown);
        assertThat(alive.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        loop.stop();
    }

    /** The virtual machine may tell of it anywhere, soon after the access. */
    @Test
    void outlivesMemoryThatWasTakenAway() throws Exception {
        EventLoop loop = new EventLoop("test-loop", 100, MemoryBudget.ofHeap(), Clock.SYSTEM);
        CountDownLatch failures = new CountDownLatch(3);
        CountDownLatch alive = new CountDownLatch(1);
        loop.join(new TurnTaker() {
            @Override
            public void act(long nowNanos) {}

            @Override
            public long settle(long nowNanos) {
                if (failures.getCount() > 0) {
                    failures.countDown();
                    throw new InternalError("a fault occurred in an unsafe memory access operation");
                }
                return NO_DEADLINE;
            }
        });
        loop.start();
        assertThat(failures.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        loop.execute(alive::countDown);
        assertThat(alive.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        loop.stop();
    }

    /** Until then, to close a socket is to close it some time. */
    @Test
    void looksAtItsSocketsBeforeItGoesOnWithWhatATaskPutsOff() throws Exception {
        EventLoop loop = new EventLoop("test-loop", 100, MemoryBudget.ofHeap(), Clock.SYSTEM);
        FutureTask<Void> forgotten = new FutureTask<>(() -> {}, null);
        boolean[] isRegistered = {true};
        try (ServerSocketChannel socket = ServerSocketChannel.open()) {
            socket.configureBlocking(false);
            SelectionKey key = loop.register(socket, 0, selected -> {});
            loop.start();
            loop.execute(() -> {
                key.cancel();
                loop.execute(() -> {
                    isRegistered[0] = socket.isRegistered();
                    forgotten.run();
                });
            });
            forgotten.get(SECONDS, TimeUnit.SECONDS);
            assertThat(isRegistered[0]).isFalse();
        }
        loop.stop();
    }

    @Test
    void runsWhatWasPutOffBeforeItStopped() throws Exception {
        EventLoop loop = new EventLoop("test-loop", 100, MemoryBudget.ofHeap(), Clock.SYSTEM);
        int[] ran = {0};
        loop.execute(() -> loop.execute(() -> loop.execute(() -> ran[0]++)));
        loop.start();
        loop.stop();
        assertThat(ran[0]).isEqualTo(1);
    }

    /** Nobody else wakes it up for a task that came just when it had looked for some. */
    @Test
    void isWokenUpWheneverATaskComes() throws Exception {
        EventLoop loop = new EventLoop("test-loop", 100, MemoryBudget.ofHeap(), Clock.SYSTEM);
        loop.start();
        for (int times = 0; times < 10_000; times++) {
            FutureTask<Void> task = new FutureTask<>(() -> {}, null);
            loop.execute(task);
            task.get(SECONDS, TimeUnit.SECONDS);
        }
        loop.stop();
    }

    @Test
    void hasTheTimeOfNow() throws Exception {
        EventLoop loop = new EventLoop("test-loop", 100, MemoryBudget.ofHeap(), Clock.SYSTEM);
        loop.start();
        Instant before = Instant.now().minusSeconds(2);
        Instant first = date(loop);
        assertThat(first).isBetween(before, Instant.now());
        while (date(loop).equals(first)) {
            assertThat(Instant.now()).isBefore(first.plusSeconds(SECONDS));
        }
        loop.stop();
    }

    private static Instant date(EventLoop loop) throws Exception {
        FutureTask<byte[]> asked = new FutureTask<>(loop.resources()::dateField);
        loop.execute(asked);
        String field = new String(asked.get(), StandardCharsets.US_ASCII);
        return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(
                field.substring("Date: ".length()).strip()));
    }

    @Test
    void tellsThatItHasFailed() throws Exception {
        EventLoop loop = new EventLoop("test-loop", 100, MemoryBudget.ofHeap(), Clock.SYSTEM);
        CountDownLatch failed = new CountDownLatch(1);
        loop.whenFailed(failed::countDown);
        loop.join(new TurnTaker() {
            @Override
            public void act(long nowNanos) {}

            @Override
            public long settle(long nowNanos) {
                throw new OutOfMemoryError("not really");
            }
        });
        loop.start();
        assertThat(failed.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** While it looks for sockets it would not notice otherwise: who has a task for it wakes it up once. */
    @Test
    void runsTasksAtOnceWhileItLooksForMore() throws Exception {
        EventLoop loop = new EventLoop("test-loop", 100, MemoryBudget.ofHeap(), Clock.SYSTEM);
        loop.lookFor(TimeUnit.DAYS.toNanos(1));
        loop.start();
        for (int i = 0; i < 1000; i++) {
            CountDownLatch ran = new CountDownLatch(1);
            loop.execute(ran::countDown);
            assertThat(ran.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        }
        loop.stop();
    }
}
