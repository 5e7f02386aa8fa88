package dev.waitress.exchange;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What has happened among those who answer, since the server began. Event loop only. */
public final class Tally {
    /** Those that are remembered. */
    private static final int MOST_RELOADS = 10;

    /** What is counted. */
    public enum Incident {
        /** A thread of a worker was stuck for a moment, and another one of it went on. */
        TAKEOVER,
        /** A worker was lost with a request that it ran, whose client was told so. */
        REQUEST_LOST,
        /** The same, but the request ran once more. */
        REQUEST_REPEATED,
        /** The application was loaded again, and serves. */
        RELOAD,
        /** It was to be loaded again, and could not. */
        RELOAD_FAILED
    }

    /**
     * An attempt to load the application again.
     *
     * @param number no other has it
     * @param nanos when it ended, as the loop tells the time
     * @param message for operators, of one or more lines
     */
    public record Reload(long number, long nanos, boolean isDone, String message) {}

    /**
     * All of it at one moment.
     *
     * @param incidents how often each has happened; none is missing
     * @param replacements workers that were replaced, by the reason; none is missing
     * @param reloads the last ones, in their order
     */
    public record Counts(Map<Incident, Long> incidents, Map<Replacement, Long> replacements, List<Reload> reloads) {
        /** Nothing has happened. */
        public static final Counts NONE = new Tally().counts();

        public Counts {
            incidents = Map.copyOf(incidents);
            replacements = Map.copyOf(replacements);
            reloads = List.copyOf(reloads);
        }

        public long of(Incident incident) {
            return incidents.getOrDefault(incident, 0L);
        }

        public long of(Replacement reason) {
            return replacements.getOrDefault(reason, 0L);
        }
    }

    private final Map<Incident, Long> incidents = new EnumMap<>(Incident.class);
    private final Map<Replacement, Long> replacements = new EnumMap<>(Replacement.class);
    private final Deque<Reload> reloads = new ArrayDeque<>();
    private long reloaded;

    /** Nothing has happened. */
    public Tally() {
        for (Incident each : Incident.values()) {
            incidents.put(each, 0L);
        }
        for (Replacement each : Replacement.values()) {
            replacements.put(each, 0L);
        }
    }

    public void count(Incident incident) {
        incidents.merge(incident, 1L, Long::sum);
    }

    public void count(Replacement reason) {
        replacements.merge(reason, 1L, Long::sum);
    }

    /** The application was loaded again, or could not be. */
    public void reloaded(boolean isDone, String message, long nowNanos) {
        count(isDone ? Incident.RELOAD : Incident.RELOAD_FAILED);
        if (reloads.size() == MOST_RELOADS) {
            reloads.removeFirst();
        }
        reloads.addLast(new Reload(++reloaded, nowNanos, isDone, message));
    }

    public Counts counts() {
        return new Counts(incidents, replacements, List.copyOf(reloads));
    }
}
