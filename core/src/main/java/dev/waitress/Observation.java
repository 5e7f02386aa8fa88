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
import java.util.ArrayList;
import java.util.List;
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

    /** The same for several loops; the first one to be opened is the last one to be closed. */
    static List<Observation> open(Settings settings, int loops) throws IOException {
        Observation first = open(settings);
        List<Observation> all = new ArrayList<>(List.of(first));
        while (all.size() < loops) {
            all.add(first.another(settings));
        }
        return List.copyOf(all);
    }

    private Observation another(Settings settings) {
        return new Observation(
                accessLog == null ? null : accessLog.another(settings),
                traffic == null ? null : traffic.another(),
                SlowRequests.of(settings, Clock.SYSTEM::nanos),
                Spans.of(settings, System.getenv(), Clock.SYSTEM));
    }

    /** Nothing comes any more to any of these. */
    static void close(List<Observation> all) throws InterruptedException {
        for (int i = all.size() - 1; i >= 0; i--) {
            all.get(i).close();
        }
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

    private void close() throws InterruptedException {
        if (accessLog != null) {
            accessLog.close();
        }
        if (spans != null) {
            spans.close();
        }
    }
}
