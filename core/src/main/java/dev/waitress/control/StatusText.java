package dev.waitress.control;

import dev.waitress.exchange.Occupation;
import dev.waitress.exchange.WorkerStatus;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is told of a server, for people: a table of the workers, and below each what it runs. */
final class StatusText {
    private static final String COLUMNS = "%-7s%8s  %-9s%12s%12s%10s%9s%9s%n".replace("%n", "\n");
    private static final long MIB = 1024 * 1024;

    /** Requests of one worker that are shown. */
    private static final int MOST_SHOWN = 20;

    private StatusText() {}

    static String of(Status status) {
        StringBuilder text = front(status);
        row(text, "WORKER", "PID", "STATE", "AGE", "ANSWERED", "MEMORY", "RUNNING", "WAITING");
        for (WorkerStatus worker : status.inspection().workers()) {
            row(
                    text,
                    worker.number(),
                    worker.pid(),
                    worker.state(),
                    time(worker.ageNanos()),
                    worker.answered() < 0 ? "-" : worker.answered(),
                    memory(status.memory().get(worker.pid())),
                    worker.occupations().size(),
                    worker.waiting());
            running(text, worker.occupations());
        }
        return text.toString();
    }

    private static StringBuilder front(Status status) {
        Front.Overview front = status.front();
        return new StringBuilder()
                .append(String.format(
                        Locale.ROOT,
                        "waitress %s, process %d, up %s, %s\n",
                        status.version(),
                        status.pid(),
                        time(status.uptimeNanos()),
                        front.obstacles().isEmpty() ? "ready" : "not ready: " + String.join("; ", front.obstacles())))
                .append(String.join("  ", front.addresses()))
                .append(String.format(
                        Locale.ROOT,
                        "\nconnections %d, requests that wait %d, memory %s\n\n",
                        front.connections(),
                        status.inspection().waiting(),
                        memory(status.memory().get(status.pid()))));
    }

    private static void row(StringBuilder text, Object... cells) {
        text.append(String.format(Locale.ROOT, COLUMNS, cells));
    }

    private static void running(StringBuilder text, List<Occupation> occupations) {
        occupations.stream()
                .limit(MOST_SHOWN)
                .forEach(each -> text.append("    ").append(summary(each)).append('\n'));
        int left = occupations.size() - MOST_SHOWN;
        if (left > 0) {
            text.append("    and ").append(left).append(" more\n");
        }
    }

    /** {@code waitress-0: GET /report, 12.3 s}. */
    static String summary(Occupation each) {
        return each.thread() + (each.request().isEmpty() ? "" : ": " + each.request() + ", " + time(each.ageNanos()));
    }

    private static String memory(@Nullable Long bytes) {
        return bytes == null ? "-" : bytes / MIB + " MiB";
    }

    /** {@code 12.3 s}, {@code 3 min 5 s}, {@code 2 h 13 min}, {@code 4 d 2 h}. */
    static String time(long nanos) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
        long minutes = TimeUnit.SECONDS.toMinutes(seconds);
        long hours = TimeUnit.MINUTES.toHours(minutes);
        if (minutes == 0) {
            return String.format(Locale.ROOT, "%d.%d s", seconds, TimeUnit.NANOSECONDS.toMillis(nanos) / 100 % 10);
        }
        if (hours == 0) {
            return minutes + " min " + seconds % 60 + " s";
        }
        long days = TimeUnit.HOURS.toDays(hours);
        return days == 0 ? hours + " h " + minutes % 60 + " min" : days + " d " + hours % 24 + " h";
    }
}
