package dev.waitress.metrics;

import dev.waitress.exchange.Json;
import dev.waitress.exchange.Occupation;
import dev.waitress.exchange.Tally;
import dev.waitress.exchange.WorkerStatus;
import dev.waitress.http.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows, for its script. Any thread.
 *
 * @param orders whether it has buttons
 * @param token whether somebody who has one sees more
 */
record PageJson(boolean orders, boolean token) {
    private static final double MILLIS = 1000;

    /** Of a request that has run for so long one wants to know where it is. */
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Requests whose stacks are shown. */
    private static final int MOST_STACKS = 10;

    /**
     * Workers that do not answer would be asked by a signal: for the page, which asks again and again, that is too
     * much.
     */
    private static final Set<String> MUTE = Set.of("silent", "hung");

    /** Whether it is worth while to ask workers for the stacks of their threads. */
    static boolean hasSlow(Scrape scrape) {
        List<WorkerStatus> workers = scrape.inspection().workers();
        return workers.stream().noneMatch(each -> MUTE.contains(each.state()))
                && !slowest(workers).isEmpty();
    }

    private static Set<Occupation> slowest(List<WorkerStatus> workers) {
        return workers.stream()
                .flatMap(worker -> worker.occupations().stream())
                .filter(each -> !each.request().isEmpty() && each.ageNanos() >= SLOW_NANOS)
                .sorted(Comparator.comparingLong(Occupation::ageNanos).reversed())
                .limit(MOST_STACKS)
                .collect(Collectors.toSet());
    }

    /** All, or all but query strings and tracebacks. */
    String of(Scrape scrape, boolean all) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("version", scrape.version());
        members.put("uptime", seconds(scrape.front().upNanos()));
        members.put("addresses", scrape.front().addresses());
        members.put("ready", scrape.front().obstacles().isEmpty());
        members.put("reasons", scrape.front().obstacles());
        members.put("connections", scrape.front().clients().open());
        members.put("waiting", scrape.inspection().waiting());
        members.put("memory", orNull(scrape.own().residentBytes()));
        addRequests(scrape.requests(), members);
        List<WorkerStatus> workers = scrape.inspection().workers();
        Set<Occupation> slowest = all ? slowest(workers) : Set.of();
        members.put(
                "workers",
                workers.stream()
                        .map(worker -> worker(worker, scrape, slowest, all))
                        .toList());
        members.put(
                "failures",
                scrape.failures().stream().map(each -> failure(each, all)).toList());
        members.put("reloads", reloads(scrape, all));
        members.put("all", all);
        members.put("orders", orders);
        members.put("token", token);
        return Json.text(members);
    }

    private static void addRequests(RequestCounts counts, Map<String, @Nullable Object> members) {
        Map<String, Object> byStatus = new LinkedHashMap<>();
        for (StatusClass status : StatusClass.values()) {
            byStatus.put(
                    status.label(),
                    Arrays.stream(Method.values())
                            .mapToLong(method -> counts.requests(method, status))
                            .sum());
        }
        members.put("active", counts.active);
        members.put("requests", byStatus);
        members.put(
                "refused",
                Arrays.stream(Rule.values()).mapToLong(counts::refused).sum());
        addDurations(counts, members);
    }

    private static void addDurations(RequestCounts counts, Map<String, @Nullable Object> members) {
        Histogram first = counts.durations(StatusClass.SUCCESSFUL);
        List<Object> bounds = new ArrayList<>();
        List<Object> durations = new ArrayList<>();
        for (int i = 0; i <= first.size(); i++) {
            int place = i;
            durations.add(Arrays.stream(StatusClass.values())
                    .mapToLong(status -> counts.durations(status).count(place))
                    .sum());
            if (i < first.size()) {
                bounds.add(first.bound(i));
            }
        }
        members.put("bounds", bounds);
        members.put("durations", durations);
    }

    private static Map<String, @Nullable Object> worker(
            WorkerStatus worker, Scrape scrape, Set<Occupation> slowest, boolean all) {
        ProcessFacts known = scrape.workers().get(worker.pid());
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("number", worker.number());
        members.put("pid", worker.pid());
        members.put("state", worker.state());
        members.put("age", seconds(worker.ageNanos()));
        members.put("answered", worker.answered() < 0 ? null : worker.answered());
        members.put("memory", known == null ? null : orNull(known.residentBytes()));
        members.put("waiting", worker.waiting());
        members.put(
                "running",
                worker.occupations().stream()
                        .filter(each -> !each.request().isEmpty())
                        .map(each -> occupation(each, slowest.contains(each), all))
                        .toList());
        return members;
    }

    private static Map<String, Object> occupation(Occupation each, boolean showsStack, boolean all) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("thread", each.thread());
        members.put("request", request(each.request(), all));
        members.put("age", seconds(each.ageNanos()));
        members.put("stack", showsStack ? RecentFailures.end(each.stack()) : "");
        return members;
    }

    private static Map<String, Object> failure(RecentFailures.Failure each, boolean all) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("number", each.number());
        members.put("age", seconds(each.ageNanos()));
        members.put("status", each.status());
        members.put("request", request(each.request(), all));
        members.put("traceback", all ? each.traceback() : "");
        return members;
    }

    /** The last one first. */
    private static List<Map<String, Object>> reloads(Scrape scrape, boolean all) {
        List<Map<String, Object>> reloads = new ArrayList<>();
        for (Tally.Reload each : scrape.inspection().counts().reloads()) {
            String[] parts = each.message().split("\n", 2);
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("number", each.number());
            members.put("age", seconds(scrape.front().nowNanos() - each.nanos()));
            members.put("done", each.isDone());
            members.put("message", parts[0]);
            members.put("detail", all && parts.length > 1 ? parts[1] : "");
            reloads.add(members);
        }
        Collections.reverse(reloads);
        return reloads;
    }

    /** Paths are shown to all. */
    private static String request(String line, boolean all) {
        int query = line.indexOf('?');
        return all || query < 0 ? line : line.substring(0, query) + "?…";
    }

    private static @Nullable Object orNull(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static double seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos) / MILLIS;
    }
}
