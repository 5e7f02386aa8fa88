package dev.waitress.control;

import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Json;
import dev.waitress.exchange.Occupation;
import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.WorkerStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is told of a server, for programs: members may be added, their meaning stays. */
final class StatusJson {
    private static final double MILLIS = 1000;

    private StatusJson() {}

    static String status(Status status) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("version", status.version());
        members.put("pid", status.pid());
        members.put("uptime", seconds(status.uptimeNanos()));
        members.put("addresses", status.front().addresses());
        members.put("ready", status.front().obstacles().isEmpty());
        members.put("reasons", status.front().obstacles());
        members.put("connections", status.front().connections());
        members.put("waiting", status.inspection().waiting());
        members.put("memory", status.memory().get(status.pid()));
        members.put(
                "workers",
                status.inspection().workers().stream()
                        .map(worker -> worker(worker, status.memory()))
                        .toList());
        return Json.text(members) + "\n";
    }

    private static Map<String, @Nullable Object> worker(WorkerStatus worker, Map<Long, Long> memory) {
        Map<String, @Nullable Object> members = identity(worker);
        members.put("age", seconds(worker.ageNanos()));
        members.put("answered", worker.answered() < 0 ? null : worker.answered());
        members.put("memory", memory.get(worker.pid()));
        members.put("waiting", worker.waiting());
        members.put(
                "running",
                worker.occupations().stream().map(StatusJson::occupation).toList());
        return members;
    }

    private static Map<String, @Nullable Object> identity(WorkerStatus worker) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("number", worker.number());
        members.put("pid", worker.pid());
        members.put("state", worker.state());
        return members;
    }

    private static Map<String, @Nullable Object> occupation(Occupation each) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("thread", each.thread());
        members.put("request", each.request().isEmpty() ? null : each.request());
        members.put("age", each.request().isEmpty() ? null : seconds(each.ageNanos()));
        return members;
    }

    static String stacks(Inspection inspection) {
        List<Map<String, @Nullable Object>> workers =
                inspection.workers().stream().map(StatusJson::stacks).toList();
        return Json.text(Map.of("workers", workers)) + "\n";
    }

    private static Map<String, @Nullable Object> stacks(WorkerStatus worker) {
        Map<String, @Nullable Object> members = identity(worker);
        members.put("silent", worker.isSilent());
        members.put(
                "threads", worker.occupations().stream().map(StatusJson::stack).toList());
        return members;
    }

    private static Map<String, @Nullable Object> stack(Occupation each) {
        Map<String, @Nullable Object> members = occupation(each);
        members.put("stack", each.stack().isEmpty() ? null : each.stack());
        return members;
    }

    static String outcome(Outcome outcome) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("done", outcome.isDone());
        members.put("message", outcome.message());
        return Json.text(members) + "\n";
    }

    private static double seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos) / MILLIS;
    }
}
