package dev.waitress.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.LogCapture;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestIds;
import dev.waitress.exchange.Requests;
import dev.waitress.otlp.Collector.Answer;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.ManualClock;
import dev.waitress.trace.TraceContext;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExporterTest {
    private static final String TROUBLE = "WARNING:waitress:cannot send spans to http://collector/v1/traces: ";

    private final LogCapture log = new LogCapture();
    private final ManualClock clock = new ManualClock();
    private final FakeCollector collector = new FakeCollector();
    private final Exporter exporter = new Exporter(collector, new OtlpJson(Map.of()), clock, 1);

    @AfterEach
    void closeLog() {
        log.close();
    }

    /** One that has a single span. */
    private static FinishedRequest finished() {
        Request request = Requests.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Settings settings = Settings.defaults().withText("trace", "true");
        TraceContext trace =
                new RequestIds(settings).next(request.head(), false).trace();
        RequestFacts facts = RequestFacts.of(request);
        return new FinishedRequest(Objects.requireNonNull(trace), facts, 0, 1, 2, List.of(), 3, 0, 200, 0, "");
    }

    private void add(int count) {
        FinishedRequest finished = finished();
        for (int i = 0; i < count; i++) {
            exporter.add(finished);
        }
    }

    private static int spans(String batch) {
        return batch.split("\"spanId\"", -1).length - 1;
    }

    @Test
    void sendsWholeBatchesAtOnceAndTheRestAtTheNextTick() throws InterruptedException {
        add(Exporter.MOST_IN_BATCH - 1);
        assertThat(collector.batches).isEmpty();
        add(2);
        assertThat(spans(collector.next())).isEqualTo(Exporter.MOST_IN_BATCH);
        while (collector.batches.isEmpty()) {
            exporter.tick();
            Thread.onSpinWait();
        }
        assertThat(spans(collector.next())).isEqualTo(1);
        exporter.close();
        assertThat(exporter.counts()).isEqualTo(new SpanCounts(Exporter.MOST_IN_BATCH + 1, 0, 0));
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void dropsAndCountsWhatTheCollectorIsTooSlowFor() throws InterruptedException {
        collector.holds();
        add(Exporter.MOST_IN_BATCH * Exporter.MOST_BATCHES);
        assertThat(exporter.counts().crowdedOut()).isZero();
        add(Exporter.MOST_IN_BATCH);
        assertThat(exporter.counts().crowdedOut()).isEqualTo(Exporter.MOST_IN_BATCH);
        exporter.tick();
        assertThat(log.lines()).containsExactly(TROUBLE + "it is too slow; 128 were dropped");
        add(Exporter.MOST_IN_BATCH);
        clock.pass(Exporter.REPORT_NANOS - 1);
        exporter.tick();
        assertThat(log.lines()).as("once a minute").hasSize(1);
        clock.pass(1);
        exporter.tick();
        assertThat(log.lines()).hasSize(2).last().isEqualTo(TROUBLE + "it is too slow; 128 were dropped");
        collector.released();
        exporter.close();
        assertThat(exporter.counts().exported()).isEqualTo((long) Exporter.MOST_IN_BATCH * Exporter.MOST_BATCHES);
    }

    @Test
    void keepsSmallBatchesTogetherWhileTheCollectorIsSlow() throws InterruptedException {
        collector.holds();
        for (int i = 0; i < 2 * Exporter.MOST_BATCHES; i++) {
            add(1);
            exporter.tick();
        }
        collector.released();
        exporter.close();
        assertThat(collector.batches).hasSize(2);
        assertThat(exporter.counts()).isEqualTo(new SpanCounts(2 * Exporter.MOST_BATCHES, 0, 0));
    }

    private static Answer[] later(int times) {
        Answer[] answers = new Answer[times];
        Arrays.fill(answers, Answer.later(0, "it answers 503"));
        return answers;
    }

    @Test
    void sendsAgainWhatMayBeTakenLater() throws InterruptedException {
        collector.answers(later(Exporter.MOST_ATTEMPTS - 1));
        add(Exporter.MOST_IN_BATCH);
        String first = collector.next();
        for (int i = 1; i < Exporter.MOST_ATTEMPTS; i++) {
            assertThat(collector.next()).as("the very same, ids and all").isEqualTo(first);
        }
        exporter.close();
        assertThat(exporter.counts()).isEqualTo(new SpanCounts(Exporter.MOST_IN_BATCH, 0, 0));
    }

    @Test
    void givesUpAfterAWhile() throws InterruptedException {
        collector.answers(later(Exporter.MOST_ATTEMPTS));
        add(Exporter.MOST_IN_BATCH);
        for (int i = 0; i < Exporter.MOST_ATTEMPTS; i++) {
            collector.next();
        }
        exporter.close();
        assertThat(exporter.counts()).isEqualTo(new SpanCounts(0, 0, Exporter.MOST_IN_BATCH));
        assertThat(log.lines()).containsExactly(TROUBLE + "it answers 503; 128 were dropped");
        assertThat(collector.batches).isEmpty();
    }

    @Test
    void doesNotSendAgainWhatIsNotWanted() throws InterruptedException {
        collector.answers(Answer.never("it answers 400"), Answer.taken(3, "it has rejected some"));
        add(2 * Exporter.MOST_IN_BATCH);
        collector.next();
        collector.next();
        exporter.close();
        assertThat(exporter.counts())
                .isEqualTo(new SpanCounts(Exporter.MOST_IN_BATCH - 3, 0, Exporter.MOST_IN_BATCH + 3));
        assertThat(log.lines()).containsExactly(TROUBLE + "it has rejected some; 131 were dropped");
    }

    /** Else the end of the server would take as long as the wait. */
    @Test
    void triesOnceAtTheEnd() throws InterruptedException {
        Exporter patient = new Exporter(collector, new OtlpJson(Map.of()), clock, 20_000);
        collector.answers(later(2));
        patient.add(finished());
        patient.tick();
        collector.next();
        patient.add(finished());
        patient.close();
        assertThat(patient.counts()).isEqualTo(new SpanCounts(0, 0, 2));
    }
}
