import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.waitress.wsgi.Application;
import dev.waitress.wsgi.EarlyHints;
import dev.waitress.wsgi.Header;
import dev.waitress.wsgi.StartResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Does what the query of a request says, step by step: {@code performer.py} in Java, where its steps are explained. */
public final class Performer implements Application {
    private static final Header TEXT = new Header("Content-Type", "text/plain");
    private static final int PIECE = 65_536;

    private static final Map<String, CountDownLatch> EVENTS = new ConcurrentHashMap<>();

    private static final Map<String, Integer> FLOODED = new ConcurrentHashMap<>();

    private static CountDownLatch event(String name) {
        return EVENTS.computeIfAbsent(name, unused -> new CountDownLatch(1));
    }

    private record Step(String name, String value) {
        static List<Step> all(String query) {
            return Arrays.stream(query.split("&")).map(Step::of).toList();
        }

        private static Step of(String pair) {
            int equals = pair.indexOf('=');
            return equals < 0
                    ? new Step(pair, "")
                    : new Step(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), ISO_8859_1));
        }
    }

    @Override
    public Iterable<byte[]> call(Map<String, Object> environ, StartResponse startResponse) throws Exception {
        InputStream input = (InputStream) environ.get("wsgi.input");
        return switch ((String) environ.get("PATH_INFO")) {
            case "/perform" -> new Performance(environ, startResponse)
                    .perform(Step.all((String) environ.get("QUERY_STRING")));
            case "/echo" -> answer(startResponse, input.readAllBytes());
            case "/digest" -> answer(startResponse, digest(input).getBytes(ISO_8859_1));
            case "/flooded" -> answer(
                    startResponse,
                    String.valueOf(FLOODED.getOrDefault((String) environ.get("QUERY_STRING"), 0)).getBytes(ISO_8859_1));
            case "/input" -> answer(
                    startResponse,
                    read(input, Step.all((String) environ.get("QUERY_STRING"))).getBytes(ISO_8859_1));
            default -> answer(startResponse, shown(environ).getBytes(ISO_8859_1));
        };
    }

    private static Iterable<byte[]> answer(StartResponse startResponse, byte[] body) {
        startResponse.start("200 OK", TEXT, new Header("Content-Length", String.valueOf(body.length)));
        return List.of(body);
    }

    private static String digest(InputStream input) throws Exception {
        MessageDigest found = MessageDigest.getInstance("SHA-256");
        byte[] piece = new byte[PIECE];
        long size = 0;
        for (int count = input.read(piece); count > 0; count = input.read(piece)) {
            found.update(piece, 0, count);
            size += count;
        }
        return size + " " + HexFormat.of().formatHex(found.digest());
    }

    /** What an input stream has of the methods of wsgi.input. */
    private static String read(InputStream input, List<Step> steps) throws IOException {
        StringBuilder results = new StringBuilder();
        for (Step step : steps) {
            byte[] found = step.value().isEmpty()
                    ? input.readAllBytes()
                    : input.readNBytes(Integer.parseInt(step.value()));
            results.append(results.isEmpty() ? "" : "&").append(encoded(new String(found, ISO_8859_1)));
        }
        return results.toString();
    }

    private static String shown(Map<String, Object> environ) {
        return environ.entrySet().stream()
                .map(entry -> encoded(entry.getKey()) + "=" + encoded(shown(entry.getValue())))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, ISO_8859_1);
    }

    private static String shown(Object value) {
        if (value instanceof String || value instanceof Boolean) {
            return value.toString();
        }
        if (value instanceof List<?> parts) {
            return parts.stream().map(String::valueOf).collect(Collectors.joining("."));
        }
        return value instanceof InputStream || value instanceof PrintStream ? "object" : "callable";
    }

    /** One request. */
    private static final class Performance {
        private final Map<String, Object> environ;
        private final StartResponse startResponse;
        private List<Header> headers = new ArrayList<>();
        private StartResponse.Write write;

        Performance(Map<String, Object> environ, StartResponse startResponse) {
            this.environ = environ;
            this.startResponse = startResponse;
        }

        Iterable<byte[]> perform(List<Step> steps) throws Exception {
            for (int i = 0; i < steps.size(); i++) {
                List<Step> rest = steps.subList(i + 1, steps.size());
                switch (steps.get(i).name()) {
                    case "list" -> {
                        return rest.stream()
                                .filter(step -> step.name().equals("item"))
                                .map(step -> step.value().getBytes(ISO_8859_1))
                                .toList();
                    }
                    case "iterate" -> {
                        return new Body(this, rest);
                    }
                    default -> take(steps.get(i));
                }
            }
            return null;
        }

        void take(Step step) throws Exception {
            String value = step.value();
            switch (step.name()) {
                case "header" -> headers.add(
                        new Header(value.substring(0, value.indexOf(':')), value.substring(value.indexOf(':') + 1)));
                case "start" -> write = startResponse.start(value, headers);
                case "restart" -> write = startResponse.restart(
                        value, headers, new IllegalStateException("the reason for another answer"));
                case "hint" -> {
                    ((EarlyHints) environ.get("wsgi.early_hints")).send(headers);
                    headers = new ArrayList<>();
                }
                case "forget" -> headers = new ArrayList<>();
                case "write" -> write.write(value.getBytes(ISO_8859_1));
                case "raise" -> throw new IllegalStateException(value);
                case "oserror" -> throw new IOException(value);
                case "exit" -> throw new StackOverflowError("as asked for");
                case "say" -> say(value);
                case "await" -> {
                    say("awaits " + value);
                    event(value).await();
                }
                case "outlast" -> outlast((BooleanSupplier) environ.get("waitress.client_disconnected"));
                case "disconnected" -> {
                    BooleanSupplier gone = (BooleanSupplier) environ.get("waitress.client_disconnected");
                    say(value + (gone.getAsBoolean() ? " True" : " False"));
                }
                case "release" -> event(value).countDown();
                default -> throw new NoSuchElementException(step.name());
            }
        }

        /** Goes on until the server says that the client is gone. */
        private void outlast(BooleanSupplier isClientGone) throws InterruptedException {
            say("outlasts");
            for (int i = 0; i < 3000; i++) {
                if (isClientGone.getAsBoolean()) {
                    say("gone");
                    return;
                }
                Thread.sleep(10);
            }
        }

        void say(String text) {
            PrintStream errors = (PrintStream) environ.get("wsgi.errors");
            errors.print(text + "\n");
            errors.flush();
        }
    }

    /** What the application returns: blocks, and a way to see that it is closed. */
    private static final class Body implements Iterable<byte[]>, Iterator<byte[]>, AutoCloseable {
        private final Performance performance;
        private final List<Step> steps;
        private int next;
        private byte[] block = {};
        private int blocksLeft;
        private String flood = "";

        Body(Performance performance, List<Step> steps) {
            this.performance = performance;
            this.steps = steps;
        }

        @Override
        public Iterator<byte[]> iterator() {
            return this;
        }

        @Override
        public boolean hasNext() {
            while (blocksLeft == 0 && next < steps.size()) {
                advance(steps.get(next++));
            }
            return blocksLeft > 0;
        }

        private void advance(Step step) {
            if (step.name().equals("item")) {
                block = step.value().getBytes(ISO_8859_1);
                blocksLeft = 1;
            } else if (step.name().equals("flood")) {
                String[] parts = step.value().split(",");
                flood = parts[0];
                blocksLeft = Integer.parseInt(parts[1]);
                block = "x".repeat(Integer.parseInt(parts[2])).getBytes(ISO_8859_1);
            } else if (!step.name().startsWith("close")) {
                try {
                    performance.take(step);
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        @Override
        public byte[] next() {
            blocksLeft--;
            FLOODED.merge(flood, 1, Integer::sum);
            return block;
        }

        @Override
        public void close() {
            for (Step step : steps) {
                if (step.name().equals("close")) {
                    performance.say("closed " + step.value());
                } else if (step.name().equals("close-raise")) {
                    throw new IllegalStateException(step.value());
                }
            }
        }
    }
}
