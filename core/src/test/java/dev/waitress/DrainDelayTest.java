package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DrainDelayTest {
    private static DrainDelay delay(long seconds) {
        return new DrainDelay(Settings.defaults().with(Setting.DRAIN_DELAY, seconds));
    }

    @Test
    void isNoneByDefault() throws InterruptedException {
        DrainDelay delay = new DrainDelay(Settings.defaults());
        delay.await();
        assertThat(delay.end()).as("there is something to end").isFalse();
    }

    @Test
    void isOverAfterItsTime() throws InterruptedException {
        long begun = System.nanoTime();
        DrainDelay delay = delay(1);
        delay.await();
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
        assertThat(delay.end()).isFalse();
    }

    @Test
    void isEndedOnce() throws Exception {
        DrainDelay delay = delay(600);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {
            try {
                delay.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(delay.end()).isTrue();
        waiting.get(30, TimeUnit.SECONDS);
        assertThat(delay.end()).isFalse();
    }
}
