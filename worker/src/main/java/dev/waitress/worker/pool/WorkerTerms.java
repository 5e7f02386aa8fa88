package dev.waitress.worker.pool;

import dev.waitress.exchange.QueueLimits;
import dev.waitress.exchange.QueueStart;
import dev.waitress.exchange.RunLimit;
import dev.waitress.exchange.Tally;
import dev.waitress.exchange.UnknownStatuses;
import dev.waitress.meter.Meter;

/**
 * What holds for all workers of a server.
 *
 * @param threads requests that each of them runs at once
 * @param streamThreads responses that are on their way piece by piece beside those; key {@code stream_threads}
 * @param startupNanos how long it may take to be ready; key {@code startup_timeout}
 * @param silenceNanos how long it may leave the question unanswered whether it lives, or 0; key {@code worker_timeout}
 * @param drainNanos how long its requests may take to end when it is replaced; key {@code shutdown_timeout}
 * @param wear how long it serves
 * @param retries whether a request runs once more whose worker has died
 * @param creditStep bytes of a response that must have left for the client before the worker is told
 * @param firstMessage what it is told first
 * @param statuses who tells of odd statuses
 * @param limit how long a request may run
 * @param start since when a request waits that comes from a proxy
 * @param queue how many requests may wait for one of them, and how long
 * @param tally what happens to them
 * @param meter what the application counts in them
 */
public record WorkerTerms(
        int threads,
        int streamThreads,
        long startupNanos,
        long silenceNanos,
        long drainNanos,
        Wear wear,
        boolean retries,
        long creditStep,
        FirstMessage firstMessage,
        UnknownStatuses statuses,
        RunLimit limit,
        QueueStart start,
        QueueLimits queue,
        Tally tally,
        Meter meter) {}
