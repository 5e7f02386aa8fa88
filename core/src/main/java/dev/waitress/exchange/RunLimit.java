package dev.waitress.exchange;

import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.concurrent.TimeUnit;

/**
 * How long the application may take for a request.
 *
 * @param seconds 0 for no limit; key {@code request_timeout}
 * @param showsAll whether the log shows what all threads do then; key {@code request_timeout_stacks}
 */
public record RunLimit(long seconds, boolean showsAll) {
    /** A request may run for ever. */
    public static final RunLimit NONE = new RunLimit(0, false);

    private static final long SHORTEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long LONGEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Looks in the time of one request: so many where that is short, and no more than so many. */
    private static final long SHARES = 40;

    private static final long MOST_LOOKS = 1000;

    public static RunLimit of(Settings settings) {
        return new RunLimit(
                settings.get(Setting.REQUEST_TIMEOUT),
                settings.get(Setting.REQUEST_TIMEOUT_STACKS).equals("all"));
    }

    public boolean isSet() {
        return seconds > 0;
    }

    public long nanos() {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    /** What is known of a request is looked up so often: it is at most twice that late to be cut short. */
    public long lookNanos() {
        long share = Math.max(SHORTEST_LOOK_NANOS, nanos() / SHARES);
        return Math.max(Math.min(LONGEST_LOOK_NANOS, share), nanos() / MOST_LOOKS);
    }

    /** As logs say it, of a request: {@code GET / has run for more than 30 s (request_timeout)}. */
    public String describe(String request) {
        return request + " has run for more than " + seconds + " s (request_timeout)";
    }
}
