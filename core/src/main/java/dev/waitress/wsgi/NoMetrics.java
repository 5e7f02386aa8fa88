package dev.waitress.wsgi;

/** Counts nothing. */
final class NoMetrics implements Metrics {
    private static final Counter COUNTER = new Counter() {
        @Override
        public Counter labels(String... values) {
            return this;
        }

        @Override
        public void inc(double amount) {}
    };

    private static final Gauge GAUGE = new Gauge() {
        @Override
        public Gauge labels(String... values) {
            return this;
        }

        @Override
        public void set(double value) {}

        @Override
        public void inc(double amount) {}
    };

    private static final Histogram HISTOGRAM = new Histogram() {
        @Override
        public Histogram labels(String... values) {
            return this;
        }

        @Override
        public void observe(double value) {}
    };

    @Override
    public Counter counter(String name, String help, String... labels) {
        return COUNTER;
    }

    @Override
    public Gauge gauge(String name, String help, String... labels) {
        return GAUGE;
    }

    @Override
    public Histogram histogram(String name, String help, String... labels) {
        return HISTOGRAM;
    }

    @Override
    public Histogram histogram(String name, String help, double[] bounds, String... labels) {
        return HISTOGRAM;
    }
}
