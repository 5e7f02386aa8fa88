package dev.waitress.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLoopTest {
    private static final int SECONDS = 10;

    @Test
    void outlivesAnActionThatFails() throws Exception {
        EventLoop loop = new EventLoop("test-loop", 100);
        CountDownLatch alive = new CountDownLatch(1);
        loop.start();
        loop.execute(() -> {
            throw new OutOfMemoryError("not really");
        });
        loop.execute(alive::countDown);
        assertThat(alive.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        loop.stop();
    }

    @Test
    void tellsThatItHasFailed() throws Exception {
        EventLoop loop = new EventLoop("test-loop", 100);
        CountDownLatch failed = new CountDownLatch(1);
        loop.whenFailed(failed::countDown);
        loop.join(new Participant() {
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
}
