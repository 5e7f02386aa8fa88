package dev.waitress.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Workers that have loaded the same state of the application: they serve together, from the moment when all of them are
 * ready, and are retired together. Event loop only.
 */
final class Generation {
    private final int size;
    private final List<Worker> workers = new ArrayList<>();

    /** A generation that is to have so many workers. */
    Generation(int size) {
        this.size = size;
    }

    void add(Worker worker) {
        workers.add(worker);
    }

    /** Takes it out; false if it is none of these. */
    boolean remove(Worker worker) {
        return workers.remove(worker);
    }

    boolean contains(Worker worker) {
        return workers.contains(worker);
    }

    boolean isFull() {
        return workers.size() >= size;
    }

    boolean isReady() {
        return isFull() && workers.stream().allMatch(Worker::isReady);
    }

    /** Whether at least one of them takes requests. */
    boolean isServing() {
        return workers.stream().anyMatch(Worker::isServing);
    }

    void serve() {
        workers.forEach(Worker::serve);
    }

    /** Lets them end what they have begun; from now on none of them is one of these. */
    void retire() {
        List<Worker> retiring = List.copyOf(workers);
        workers.clear();
        retiring.forEach(Worker::retire);
    }

    /** For the log: {@code worker 7 serves}, {@code workers 7, 8 serve}. */
    @Override
    public String toString() {
        String pids = workers.stream()
                .map(worker -> String.valueOf(worker.process.pid()))
                .collect(Collectors.joining(", "));
        return workers.size() == 1 ? "worker " + pids + " serves" : "workers " + pids + " serve";
    }
}
