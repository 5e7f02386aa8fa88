package dev.waitress.otlp;

import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.exchange.ResponseObserver;
import dev.waitress.loop.Clock;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import dev.waitress.trace.TraceContext;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sees the requests whose traces are sampled, and has their spans exported. Event loop only, but for {@link #close}.
 */
public final class Spans implements RequestObserver {
    /** A client that does not take its answer for so long is not waited for. */
    private static final long LEAVE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Exporter exporter;
    private final Clock clock;

    /** Those that are not over, the oldest first. */
    private final Set<RequestSpan> open = new LinkedHashSet<>();

    Spans(Exporter exporter, Clock clock) {
        this.exporter = exporter;
        this.clock = clock;
    }

    /**
     * Those that the settings want to be exported, if they want any.
     *
     * @param environment variables of this process, of which those of OpenTelemetry count
     * @throws SettingsException if the headers for the collector are none
     */
    public static @Nullable Spans of(Settings settings, Map<String, String> environment, Clock clock) {
        String endpoint = settings.get(Setting.OTLP_ENDPOINT);
        if (endpoint.isEmpty()) {
            return null;
        }
        Collector collector = HttpCollector.of(endpoint, environment);
        OtlpJson form = new OtlpJson(Resource.of(settings, environment));
        return new Spans(new Exporter(collector, form, clock), clock);
    }

    /**
     * Fails as {@link #of} would.
     *
     * @throws SettingsException if the headers for the collector are none
     */
    public static void check(Settings settings, Map<String, String> environment) {
        String endpoint = settings.get(Setting.OTLP_ENDPOINT);
        if (!endpoint.isEmpty()) {
            HttpCollector.of(endpoint, environment);
        }
    }

    @Override
    public ResponseObserver accepted(Request request) {
        TraceContext trace = request.id().trace();
        if (trace == null || !trace.isSampled()) {
            return ResponseObserver.NONE;
        }
        RequestSpan span =
                new RequestSpan(request, trace, clock.unixNanos() - clock.nanos(), clock::nanos, this::finish);
        open.add(span);
        return span;
    }

    private void finish(RequestSpan span) {
        open.remove(span);
        exporter.add(span.finished());
    }

    @Override
    public void tick(long nowNanos) {
        // A copy, because some leave it.
        for (RequestSpan each : List.copyOf(open)) {
            if (each.hasEndedFor(LEAVE_NANOS, nowNanos)) {
                each.giveUp();
            }
        }
        exporter.tick();
    }

    /** What has become of them so far. */
    public SpanCounts counts() {
        return exporter.counts();
    }

    /** Sends the rest, once the event loop has ended. */
    public void close() throws InterruptedException {
        List.copyOf(open).forEach(each -> {
            if (each.hasEndedFor(0, clock.nanos())) {
                each.giveUp();
            }
        });
        exporter.close();
    }
}
