package dev.waitress.metrics;

import dev.waitress.http.Rule;
import dev.waitress.http.Status;

/** What is counted of requests: arrays by what they are counted by, so that a request costs a few additions. */
@SuppressWarnings("EnumOrdinal") // nothing outside depends on the places
final class RequestCounts {
    private final long[][] requests = new long[Method.values().length][StatusClass.values().length];
    private final long[] refused = new long[Rule.values().length];
    private final long[] own = new long[Status.values().length];
    private final Histogram[] durations = new Histogram[StatusClass.values().length];
    final Histogram queue;
    final Histogram application;
    final Histogram sending;
    final Histogram requestBodies;
    final Histogram responseBodies;
    long incomplete;
    long active;

    /** Nothing was counted yet. */
    RequestCounts() {
        for (int i = 0; i < durations.length; i++) {
            durations[i] = Histogram.ofDurations();
        }
        queue = Histogram.ofDurations();
        application = Histogram.ofDurations();
        sending = Histogram.ofDurations();
        requestBodies = Histogram.ofSizes();
        responseBodies = Histogram.ofSizes();
    }

    private RequestCounts(RequestCounts other) {
        for (int i = 0; i < requests.length; i++) {
            requests[i] = other.requests[i].clone();
        }
        System.arraycopy(other.refused, 0, refused, 0, refused.length);
        System.arraycopy(other.own, 0, own, 0, own.length);
        for (int i = 0; i < durations.length; i++) {
            durations[i] = other.durations[i].copy();
        }
        queue = other.queue.copy();
        application = other.application.copy();
        sending = other.sending.copy();
        requestBodies = other.requestBodies.copy();
        responseBodies = other.responseBodies.copy();
        incomplete = other.incomplete;
        active = other.active;
    }

    /** The same for another thread, where it stays as it is. */
    RequestCounts copy() {
        return new RequestCounts(this);
    }

    /** What was counted elsewhere, too. */
    void addAll(RequestCounts other) {
        for (int i = 0; i < requests.length; i++) {
            addEach(requests[i], other.requests[i]);
        }
        addEach(refused, other.refused);
        addEach(own, other.own);
        for (int i = 0; i < durations.length; i++) {
            durations[i].addAll(other.durations[i]);
        }
        queue.addAll(other.queue);
        application.addAll(other.application);
        sending.addAll(other.sending);
        requestBodies.addAll(other.requestBodies);
        responseBodies.addAll(other.responseBodies);
        incomplete += other.incomplete;
        active += other.active;
    }

    private static void addEach(long[] sums, long[] others) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += others[i];
        }
    }

    /** One more, and how long it has taken. */
    void addRequest(Method method, StatusClass status, long nanos) {
        requests[method.ordinal()][status.ordinal()]++;
        durations[status.ordinal()].add(nanos);
    }

    long requests(Method method, StatusClass status) {
        return requests[method.ordinal()][status.ordinal()];
    }

    /** How long those of a status have taken. */
    Histogram durations(StatusClass status) {
        return durations[status.ordinal()];
    }

    /** One more was refused for this. */
    void addRefused(Rule rule) {
        refused[rule.ordinal()]++;
    }

    long refused(Rule rule) {
        return refused[rule.ordinal()];
    }

    /** One more was answered so in the server's name. */
    void addOwn(Status status) {
        own[status.ordinal()]++;
    }

    long own(Status status) {
        return own[status.ordinal()];
    }
}
