package dev.waitress.ini;

import dev.waitress.wsgi.Application;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a section describes: something that one factory makes, or a filter with what stands behind it. Nothing is made
 * before it is asked for.
 */
sealed interface PipelinePart {
    /** The application that it describes. */
    Application application();

    /** The application, with the filter that it describes before it. */
    Application before(Application application);

    /** All that is made by a factory. */
    Stream<Made> leaves();

    /**
     * The same with what a section that uses it adds.
     *
     * @param global for the global configuration
     * @param local for the local one
     */
    PipelinePart with(Map<String, String> global, Map<String, String> local);

    /**
     * What one factory makes.
     *
     * @param factory which one
     * @param configuration what it is given
     */
    record Made(Factory factory, Configuration configuration) implements PipelinePart {
        @Override
        public Application application() {
            return factory.application(configuration);
        }

        @Override
        public Application before(Application application) {
            return factory.filter(application, configuration);
        }

        @Override
        public Stream<Made> leaves() {
            return Stream.of(this);
        }

        @Override
        public PipelinePart with(Map<String, String> global, Map<String, String> local) {
            return new Made(factory, configuration.with(global, local));
        }
    }

    /**
     * A filter in front of an application, or of another filter.
     *
     * @param filter sees a request first
     * @param inner sees it then
     */
    record Filtered(PipelinePart filter, PipelinePart inner) implements PipelinePart {
        @Override
        public Application application() {
            return filter.before(inner.application());
        }

        @Override
        public Application before(Application application) {
            return filter.before(inner.before(application));
        }

        @Override
        public Stream<Made> leaves() {
            return Stream.concat(filter.leaves(), inner.leaves());
        }

        @Override
        public PipelinePart with(Map<String, String> global, Map<String, String> local) {
            return new Filtered(filter, inner.with(global, local));
        }
    }
}
