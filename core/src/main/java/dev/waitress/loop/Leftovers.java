package dev.waitress.loop;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What must not outlive this process, however and whenever it ends: files, and processes that it has started. Where it
 * ends in good order they are gone before. Thread-safe.
 */
public final class Leftovers {
    private static final Logger LOG = System.getLogger("waitress");

    /** Something to be made of which something may be left. */
    @FunctionalInterface
    public interface Making<T> {
        T make() throws IOException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Runnable> removals = new ArrayDeque<>();
    private final Thread hook = new Thread(this::remove, "waitress-leftovers");

    /** From now on the end of the process removes what there is. */
    void watch() {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.log(Level.DEBUG, "the process ends already", e);
        }
    }

    /** All is in good order: nothing is left. */
    void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.log(Level.DEBUG, "the process ends already", e);
        }
    }

    /** Adds what removes something; what came last is removed first. */
    public void add(Runnable removal) {
        lock.lock();
        try {
            removals.addFirst(removal);
        } finally {
            lock.unlock();
        }
    }

    /** Makes something, and lets nothing be removed meanwhile. */
    public <T> T during(Making<T> making) throws IOException {
        lock.lock();
        try {
            return making.make();
        } finally {
            lock.unlock();
        }
    }

    /** Removes what there is, now. */
    public void remove() {
        lock.lock();
        try {
            removals.forEach(Leftovers::run);
            removals.clear();
        } finally {
            lock.unlock();
        }
    }

    private static void run(Runnable removal) {
        try {
            removal.run();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "something is left", e);
        }
    }
}
