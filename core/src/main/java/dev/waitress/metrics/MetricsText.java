package dev.waitress.metrics;

import dev.waitress.exchange.Replacement;
import dev.waitress.exchange.Tally;
import dev.waitress.exchange.Tally.Incident;
import dev.waitress.exchange.WorkerStatus;
import dev.waitress.http.Rule;
import dev.waitress.http.Status;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Writes down what the server tells of itself. Any thread. */
final class MetricsText {
    /** Those of {@code docs/ctl.md}; one that no worker is in is told too, so that a graph has no gaps. */
    private static final List<String> STATES =
            List.of("starting", "ready", "serving", "silent", "hung", "draining", "quitting");

    private final Scrape scrape;
    private final Format format;
    private final Exposition text;

    private MetricsText(Scrape scrape, Format format) {
        this.scrape = scrape;
        this.format = format;
        this.text = new Exposition(format);
    }

    static String of(Scrape scrape, Format format) {
        MetricsText whole = new MetricsText(scrape, format);
        whole.addServer();
        whole.addRequests();
        whole.addTimes();
        whole.addConnections();
        whole.addWorkers();
        whole.addEvents();
        whole.addAmounts();
        whole.addApplication();
        return whole.text.end();
    }

    private void addServer() {
        text.begin(Families.BUILD).add(1, "version", scrape.version(), "java", System.getProperty("java.version"));
        one(Families.READY, scrape.front().obstacles().isEmpty() ? 1 : 0);
        addIfKnown(Families.START_TIME, scrape.own().startSeconds());
        addIfKnown(Families.CPU, scrape.own().cpuSeconds());
        addIfKnown(Families.RESIDENT, scrape.own().residentBytes());
        addIfKnown(Families.OPEN_FDS, scrape.openDescriptors());
        addIfKnown(Families.MAX_FDS, scrape.mostDescriptors());
    }

    private void one(Family family, long value) {
        text.begin(family).add(value);
    }

    private void one(Family family, double value) {
        text.begin(family).add(value);
    }

    private void addIfKnown(Family family, OptionalDouble value) {
        value.ifPresent(known -> one(family, known));
    }

    private void addIfKnown(Family family, OptionalLong value) {
        value.ifPresent(known -> one(family, known));
    }

    private void addRequests() {
        RequestCounts counts = scrape.requests();
        text.begin(Families.REQUESTS);
        for (Method method : Method.values()) {
            for (StatusClass status : StatusClass.values()) {
                text.add(
                        counts.requests(method, status),
                        "http_request_method",
                        method.label(),
                        "status_class",
                        status.label());
            }
        }
        text.begin(Families.REFUSED);
        for (Rule rule : Rule.values()) {
            text.add(counts.refused(rule), "rule", word(rule));
        }
        text.begin(Families.OWN);
        for (Status status : Status.values()) {
            text.add(counts.own(status), "http_response_status_code", String.valueOf(status.code()));
        }
        one(Families.INCOMPLETE, counts.incomplete);
        one(Families.ACTIVE, counts.active);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private void addTimes() {
        RequestCounts counts = scrape.requests();
        text.begin(Families.DURATION);
        for (StatusClass status : StatusClass.values()) {
            text.add(counts.durations(status), "status_class", status.label());
        }
        text.begin(Families.QUEUE).add(counts.queue);
        text.begin(Families.APPLICATION).add(counts.application);
        text.begin(Families.SENDING).add(counts.sending);
        text.begin(Families.REQUEST_BODY).add(counts.requestBodies);
        text.begin(Families.RESPONSE_BODY).add(counts.responseBodies);
    }

    private void addConnections() {
        text.begin(Families.CONNECTIONS);
        scrape.front().clients().open().forEach((state, count) -> text.add(count, "state", state));
        text.begin(Families.SPOKEN);
        scrape.front()
                .clients()
                .spoken()
                .forEach((each, count) ->
                        text.add(count, "protocol", each.protocol(), "tls", String.valueOf(each.isEncrypted())));
        one(Families.ACCEPTED, scrape.front().clients().accepted());
        one(Families.TURNED_AWAY, scrape.front().clients().turnedAway());
        one(Families.WAITING, scrape.inspection().waiting());
    }

    private void addWorkers() {
        Map<String, Long> byState = new TreeMap<>();
        STATES.forEach(state -> byState.put(state, 0L));
        scrape.inspection().workers().forEach(worker -> byState.merge(worker.state(), 1L, Long::sum));
        text.begin(Families.WORKERS);
        byState.forEach((state, count) -> text.add(count, "state", state));
        each(Families.WORKER_THREADS, MetricsText::busyThreads);
        each(Families.WORKER_WAITING, WorkerStatus::waiting);
        each(Families.WORKER_ANSWERED, worker -> worker.answered() < 0 ? Double.NaN : worker.answered());
        each(Families.WORKER_AGE, worker -> (double) worker.ageNanos() / TimeUnit.SECONDS.toNanos(1));
        each(Families.WORKER_RESIDENT, worker -> {
            ProcessFacts known = scrape.workers().get(worker.pid());
            return known == null || known.residentBytes().isEmpty()
                    ? Double.NaN
                    : known.residentBytes().getAsLong();
        });
        each(Families.WORKER_CPU, worker -> {
            ProcessFacts known = scrape.workers().get(worker.pid());
            return known == null ? Double.NaN : known.cpuSeconds().orElse(Double.NaN);
        });
    }

    private static double busyThreads(WorkerStatus worker) {
        return worker.occupations().stream()
                .filter(each -> !each.request().isEmpty())
                .count();
    }

    /** A series for each worker of which it is known; by its number, which no later one has. */
    private void each(Family family, ToDoubleFunction<WorkerStatus> value) {
        text.begin(family);
        for (WorkerStatus worker : scrape.inspection().workers()) {
            double known = value.applyAsDouble(worker);
            if (!Double.isNaN(known)) {
                text.add(known, "worker", String.valueOf(worker.number()));
            }
        }
    }

    private void addEvents() {
        Tally.Counts counts = scrape.inspection().counts();
        text.begin(Families.REPLACEMENTS);
        for (Replacement reason : Replacement.values()) {
            text.add(counts.of(reason), "reason", word(reason));
        }
        one(Families.TAKEOVERS, counts.of(Incident.TAKEOVER));
        text.begin(Families.LOST)
                .add(counts.of(Incident.REQUEST_LOST), "outcome", "answered")
                .add(counts.of(Incident.REQUEST_REPEATED), "outcome", "repeated");
        text.begin(Families.RELOADS)
                .add(counts.of(Incident.RELOAD), "outcome", "done")
                .add(counts.of(Incident.RELOAD_FAILED), "outcome", "failed");
    }

    private void addAmounts() {
        one(Families.APPLICATION_SERIES, scrape.application().size());
        one(Families.APPLICATION_DROPPED, scrape.application().dropped());
        one(Families.BUFFERED, scrape.front().bufferedBytes());
        one(Families.MOST_BUFFERED, scrape.front().mostBufferedBytes());
        one(Families.SPOOLED, scrape.spooledFiles());
        if (scrape.front().certificateEndSeconds() > 0) {
            one(Families.CERTIFICATE_END, scrape.front().certificateEndSeconds());
        }
        one(Families.SPANS, scrape.front().spans().exported());
        text.begin(Families.SPANS_DROPPED)
                .add(scrape.front().spans().crowdedOut(), "reason", "queue_full")
                .add(scrape.front().spans().refused(), "reason", "collector");
        one(Families.DROPPED, scrape.front().droppedLines());
    }

    private void addApplication() {
        ApplicationText application = new ApplicationText(text, format);
        scrape.application().metrics().forEach(application::add);
    }
}
