package dev.waitress.wire;

import static java.util.Objects.requireNonNull;

import dev.waitress.wire.ResponseCase.Step;
import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.EarlyHints;
import dev.waitress.wsgi.Header;
import dev.waitress.wsgi.StartResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says what the case says that the query of its request names. */
final class SayingApplication implements Application {
    private final Map<String, ResponseCase> cases;

    SayingApplication(Map<String, ResponseCase> cases) {
        this.cases = cases;
    }

    @Override
    public Iterable<byte[]> call(Map<String, Object> environ, StartResponse startResponse) throws Exception {
        ResponseCase said = cases.get(String.valueOf(environ.get("QUERY_STRING")));
        if (said == null) {
            throw new IllegalStateException("no such case");
        }
        return new Saying((EarlyHints) environ.get("wsgi.early_hints"), startResponse).say(said.steps());
    }

    private static final class Saying {
        private final @Nullable EarlyHints hints;
        private final StartResponse startResponse;
        private List<Header> headers = new ArrayList<>();
        private StartResponse.Write write = block -> {
            throw new IllegalStateException("write before start");
        };

        Saying(@Nullable EarlyHints hints, StartResponse startResponse) {
            this.hints = hints;
            this.startResponse = startResponse;
        }

        Iterable<byte[]> say(List<Step> steps) throws IOException {
            for (int i = 0; i < steps.size(); i++) {
                List<Step> rest = steps.subList(i + 1, steps.size());
                Step step = steps.get(i);
                switch (step.name()) {
                    case "header", "hint" -> tell(step);
                    case "start" -> write = startResponse.start(step.value(), headers);
                    case "write" -> write.write(step.bytes());
                    case "list" -> {
                        return rest.stream().map(Saying::item).toList();
                    }
                    case "iterate" -> {
                        return () -> items(rest);
                    }
                    default -> throw failure(step);
                }
            }
            throw new IllegalStateException("nothing is returned");
        }

        /** Headers are the hints' that follow them, or the answer's. */
        private void tell(Step step) {
            if (step.name().equals("header")) {
                headers.add(header(step.value()));
            } else {
                requireNonNull(hints).send(headers);
                headers = new ArrayList<>();
            }
        }

        private static Header header(String text) {
            int colon = text.indexOf(':');
            return new Header(text.substring(0, colon), text.substring(colon + 1));
        }

        /** One after the other, so that what fails does so behind what was sent. */
        private Iterator<byte[]> items(List<Step> steps) {
            return steps.stream().flatMap(this::said).iterator();
        }

        private Stream<byte[]> said(Step step) {
            if (step.name().equals("header") || step.name().equals("hint")) {
                tell(step);
                return Stream.empty();
            }
            return Stream.of(item(step));
        }

        private static byte[] item(Step step) {
            if (step.name().equals("item")) {
                return step.bytes();
            }
            throw failure(step);
        }

        private static RuntimeException failure(Step step) {
            return new IllegalStateException(step.name().equals("raise") ? step.value() : "unknown step " + step);
        }
    }
}
