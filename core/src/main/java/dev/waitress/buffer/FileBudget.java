package dev.waitress.buffer;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How many files may hold what clients send and are sent: each takes a descriptor, and a connection of HTTP/2 may want
 * hundreds. Also tells of what cannot be stored. Thread-safe.
 */
public final class FileBudget {
    private static final Logger LOG = System.getLogger("waitress");
    private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final int most;
    private int held;

    /** By what it is about. */
    private final Map<String, Said> said = new HashMap<>();

    /** When something may be said again, and how often it was not. */
    private record Said(long dueNanos, int unsaid) {}

    public FileBudget(int most) {
        this.most = most;
    }

    /** One without a bound. */
    static FileBudget endless() {
        return new FileBudget(Integer.MAX_VALUE);
    }

    /**
     * One more.
     *
     * @throws IOException if there are as many as there may be
     */
    synchronized void take() throws IOException {
        if (held >= most) {
            throw new IOException("clients have " + held + " files already, and the descriptors allow no more");
        }
        held++;
    }

    /** One less. */
    synchronized void release() {
        held--;
    }

    /** How many there are. */
    public synchronized int held() {
        return held;
    }

    /**
     * Tells that something could not be stored: at once, and then every minute, so that no client can fill the log too.
     *
     * @param what for example "cannot store a request body"; few are different
     */
    public void report(String what, IOException failure) {
        report(what, failure, System.nanoTime());
    }

    synchronized void report(String what, IOException failure, long nowNanos) {
        Said before = said.getOrDefault(what, new Said(nowNanos, 0));
        if (nowNanos - before.dueNanos < 0) {
            said.put(what, new Said(before.dueNanos, before.unsaid + 1));
            return;
        }
        said.put(what, new Said(nowNanos + REPORT_NANOS, 0));
        String more = before.unsaid == 0 ? "" : " (" + before.unsaid + " more such failures in between)";
        LOG.log(Level.ERROR, what + ": " + FileFailure.reason(failure) + more);
    }
}
