package dev.waitress.log;

import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.exchange.ResponseObserver;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Tells of each request that takes long, and where its code was meanwhile. Event loop only. */
public final class SlowRequests implements RequestObserver {
    private final long thresholdNanos;
    private final LongSupplier nanos;

    /** Those that are not over, the oldest first. */
    private final Set<SlowRequest> open = new LinkedHashSet<>();

    SlowRequests(long thresholdNanos, LongSupplier nanos) {
        this.thresholdNanos = thresholdNanos;
        this.nanos = nanos;
    }

    /** One, if the settings want to hear of slow requests. */
    public static @Nullable SlowRequests of(Settings settings, LongSupplier nanos) {
        long seconds = settings.get(Setting.SLOW_REQUEST_THRESHOLD);
        return seconds == 0 ? null : new SlowRequests(TimeUnit.SECONDS.toNanos(seconds), nanos);
    }

    @Override
    public ResponseObserver accepted(Request request) {
        SlowRequest entry = new SlowRequest(request, thresholdNanos, nanos, open::remove);
        open.add(entry);
        return entry;
    }

    @Override
    public void tick(long nowNanos) {
        // A copy, because some leave it.
        for (SlowRequest each : List.copyOf(open)) {
            if (!each.look(nowNanos)) {
                return;
            }
        }
    }
}
