package dev.waitress;

import dev.waitress.exchange.Observers;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.log.AccessLog;
import dev.waitress.log.SlowRequests;
import dev.waitress.loop.Clock;
import dev.waitress.metrics.Traffic;
import dev.waitress.otlp.SpanCounts;
import dev.waitress.otlp.Spans;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a server notes of the requests that it answers.
 *
 * @param accessLog a line for each, if somebody wants that
 * @param traffic their numbers, the same
 * @param slow a record for each that takes long, the same
 * @param spans what a collector is told of them, the same
 */
record Observation(
        @Nullable AccessLog accessLog,
        @Nullable Traffic traffic,
        @Nullable SlowRequests slow,
        @Nullable Spans spans) {
    /**
     * As the settings want it.
     *
     * @throws IOException if the file of the access log cannot be opened
     */
    static Observation open(Settings settings) throws IOException {
        Spans.check(settings, System.getenv()); // first: nothing is open that would stay so
        boolean counts = !settings.get(Setting.METRICS_LISTEN).isEmpty();
        return new Observation(
                AccessLog.open(settings),
                counts ? new Traffic(Clock.SYSTEM::nanos) : null,
                SlowRequests.of(settings, Clock.SYSTEM::nanos),
                Spans.of(settings, System.getenv(), Clock.SYSTEM));
    }

    /** Sees all that is noted. */
    RequestObserver observer() {
        return Observers.of(Stream.<@Nullable RequestObserver>of(accessLog, traffic, slow, spans)
                .filter(Objects::nonNull)
                .toList());
    }

    /** Lines of the access log that found no room. Event loop only. */
    long droppedLines() {
        return accessLog == null ? 0 : accessLog.dropped();
    }

    /** What became of spans. Event loop only. */
    SpanCounts spanCounts() {
        return spans == null ? SpanCounts.NONE : spans.counts();
    }

    /** The file of the access log was moved away. Event loop only. */
    void reopen() {
        if (accessLog != null) {
            accessLog.reopen();
        }
    }

    /** Nothing comes any more. */
    void close() throws InterruptedException {
        if (accessLog != null) {
            accessLog.close();
        }
        if (spans != null) {
            spans.close();
        }
    }
}
