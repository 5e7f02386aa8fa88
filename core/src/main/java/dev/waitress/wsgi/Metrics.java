package dev.waitress.wsgi;

import java.util.Map;

/**
 * Metrics of the application, which the server tells with its own at {@code metrics_listen}: {@link #of} finds them in
 * the environ of a request; they may be kept, and used on any thread. Thread-safe.
 *
 * <p>A metric is made where it is first asked for; whoever asks for the same one again gets it again. Names and labels
 * are those of Prometheus: {@code [a-zA-Z_:][a-zA-Z0-9_:]*} and {@code [a-zA-Z_][a-zA-Z0-9_]*}. Values of labels may be
 * any text; what is longer than {@value #MOST_VALUE_CHARACTERS} characters is cut. Of more series than
 * {@code metrics_limit} the others are dropped.
 */
public interface Metrics {
    /** Those of a server that tells no metrics: whatever they are asked, they count nothing. */
    Metrics NONE = new NoMetrics();

    /**
     * Those of the server that has made this environ, which has them as {@code waitress.metrics} where it tells them.
     */
    static Metrics of(Map<String, Object> environ) {
        return environ.get("waitress.metrics") instanceof Metrics metrics ? metrics : NONE;
    }

    /** Characters of a label's value. */
    int MOST_VALUE_CHARACTERS = 200;

    /**
     * Counts what happens. {@code _total} is added to its name.
     *
     * @param help what it tells, in one sentence
     * @param labels their names
     * @throws IllegalArgumentException if the name or a label is none, if the server has a metric of that name, or if
     *     there is another one of it
     */
    Counter counter(String name, String help, String... labels);

    /**
     * Tells how much there is of something now.
     *
     * @throws IllegalArgumentException as for {@link #counter}
     */
    Gauge gauge(String name, String help, String... labels);

    /**
     * Counts values up to each of some bounds, those that are usual for seconds: from 5 ms to 10 s.
     *
     * @throws IllegalArgumentException as for {@link #counter}
     */
    Histogram histogram(String name, String help, String... labels);

    /**
     * The same with bounds.
     *
     * @param bounds one to a hundred, each greater than the one before
     * @throws IllegalArgumentException as for {@link #counter}, or if the bounds are none
     */
    Histogram histogram(String name, String help, double[] bounds, String... labels);

    /** A metric that only grows. */
    interface Counter {
        /**
         * The series with these values of its labels, in their order.
         *
         * @throws IllegalArgumentException if there are more or fewer of them than labels
         */
        Counter labels(String... values);

        /** One more. */
        default void inc() {
            inc(1);
        }

        /**
         * So many more.
         *
         * @throws IllegalArgumentException if that is less than 0, or no number
         * @throws IllegalStateException if it has labels, and no values of them were given
         */
        void inc(double amount);
    }

    /** A metric that rises and falls. */
    interface Gauge {
        /** As {@link Counter#labels}. */
        Gauge labels(String... values);

        /** It is so much now. */
        void set(double value);

        /** It is so much more, or less, than before. */
        void inc(double amount);
    }

    /** A metric that tells how values are distributed. */
    interface Histogram {
        /** As {@link Counter#labels}. */
        Histogram labels(String... values);

        /**
         * One more value.
         *
         * @throws IllegalArgumentException if it is no number
         */
        void observe(double value);
    }
}
