package dev.waitress;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.exchange.Readiness;
import dev.waitress.loop.Clock;
import dev.waitress.loop.Timers;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tells a service manager how far the server is, and then every few seconds what has changed and that the event loop
 * turns. Event loop only.
 */
final class ServiceReport {
    /** So often it is looked whether something has changed, where no watchdog wants to hear more often. */
    static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ServiceManager manager;
    private final PrivateDirectory directory;
    private final Readiness readiness;
    private final Timers timers;
    private final Clock clock;
    private String serving = "";
    /** What it does when nothing is in the way. */
    private String doing = "";

    private String told = "";
    /** Orders to load the application that are not carried out yet. */
    private int reloads;

    ServiceReport(ServiceManager manager, PrivateDirectory directory, Readiness readiness, Timers timers, Clock clock) {
        this.manager = manager;
        this.directory = directory;
        this.readiness = readiness;
        this.timers = timers;
        this.clock = clock;
    }

    /** Clients are taken at these addresses. */
    void serves(List<String> urls) {
        serving = "Serving on " + String.join(" ", urls);
        doing = serving;
        tell("READY=1", status());
        if (manager.isThere()) {
            timers.schedule(intervalNanos(), this::look);
        }
    }

    /** Half of what the watchdog allows, as it asks for. */
    private long intervalNanos() {
        long watchdogNanos = manager.watchdogNanos();
        return watchdogNanos > 0 ? Math.min(LOOK_NANOS, watchdogNanos / 2) : LOOK_NANOS;
    }

    private void look() {
        String status = status();
        if (!status.equals(told)) {
            tell("", status);
        }
        if (manager.watchdogNanos() > 0) {
            manager.tell("WATCHDOG=1", directory);
        }
        timers.schedule(intervalNanos(), this::look);
    }

    private String status() {
        List<String> obstacles = readiness.obstacles();
        return obstacles.isEmpty() ? doing : "Not ready: " + String.join("; ", obstacles);
    }

    /** The application is loaded again. */
    void reloads() {
        // Now, and not when this turn began: a message from before the order is not taken for its answer. Java's clock
        // is CLOCK_MONOTONIC on Linux, as is that of systemd.
        long micros = TimeUnit.NANOSECONDS.toMicros(clock.nanos());
        reloads++;
        doing = "Loading the application again";
        tell("RELOADING=1\nMONOTONIC_USEC=" + micros, status());
    }

    /** It was, or could not be; perhaps another order waits. */
    void hasReloaded() {
        reloads--;
        if (reloads == 0) {
            doing = serving;
            tell("READY=1", status());
        }
    }

    /** The end has begun. */
    void stops() {
        tell("STOPPING=1", status());
    }

    /** Waits, on any thread but the loop's, until all has been told. */
    void close() {
        manager.close();
    }

    private void tell(String state, String status) {
        told = status;
        manager.tell(state + (state.isEmpty() ? "" : "\n") + "STATUS=" + status, directory);
    }
}
