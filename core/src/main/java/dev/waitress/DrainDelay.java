package dev.waitress;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The time between the order to end and the end of service, in which the server goes on as before, but says that it is
 * not ready: those who watch it send its clients elsewhere meanwhile. Thread-safe.
 */
final class DrainDelay {
    private static final Logger LOG = System.getLogger("waitress");

    private final long seconds;
    private final CountDownLatch over = new CountDownLatch(1);

    DrainDelay(Settings settings) {
        seconds = settings.get(Setting.DRAIN_DELAY);
        if (seconds == 0) {
            over.countDown();
        }
    }

    /** Waits until it is over. */
    void await() throws InterruptedException {
        if (over.getCount() > 0) {
            LOG.log(Level.INFO, "not ready any more, and serving for another " + seconds + " s (drain_delay)");
            boolean isEnded = over.await(seconds, TimeUnit.SECONDS);
            LOG.log(Level.DEBUG, isEnded ? "drain_delay was ended" : "drain_delay is over");
            over.countDown();
        }
    }

    /** Ends it, or lets it not begin; false if it was over before. */
    boolean end() {
        boolean wasOver = over.getCount() == 0;
        over.countDown();
        return !wasOver;
    }
}
