package dev.waitress.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.exchange.ClientCounts;
import dev.waitress.exchange.FakeSink;
import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Occupation;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Requests;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerName;
import dev.waitress.exchange.Tally;
import dev.waitress.exchange.WorkerStatus;
import dev.waitress.loop.Timers;
import dev.waitress.meter.Meter;
import dev.waitress.otlp.SpanCounts;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedTest {
    private static final ServerName NAME = new ServerName("", false);

    private final List<Runnable> timers = new ArrayList<>();
    private final Queue<Runnable> elsewhere = new ArrayDeque<>();
    private final Tally tally = new Tally();
    private final List<Boolean> asked = new ArrayList<>();
    private String request = "GET /secret?token=1";
    private String state = "serving";
    private long ageNanos = 5_000_000;
    private String stack = "in sleep";
    private int copies = 1;
    private List<String> addresses = List.of("http://127.0.0.1:8080");
    private final Traffic traffic = new Traffic(() -> 0);
    private final Feed feed = new Feed(
            new Scraper(new Sources(traffic, this::front, new Inspected(), () -> 0, 1, Meter.NONE), elsewhere::add),
            new PageJson(false, true),
            Runnable::run,
            new Waiting());

    private FrontFacts front() {
        return new FrontFacts(
                addresses, 9_000_000_000L, 5_000_000_000L, List.of(), ClientCounts.NONE, 0, 0, 0, 0, SpanCounts.NONE);
    }

    private final class Waiting implements Timers {
        @Override
        public long nowNanos() {
            return 0;
        }

        @Override
        public void schedule(long delayNanos, Runnable action) {
            assertThat(delayNanos).isEqualTo(Feed.PERIOD_NANOS);
            timers.add(action);
        }
    }

    private final class Inspected implements Operations {
        @Override
        public void reload(String reason, Consumer<Outcome> told) {}

        @Override
        public void addWorker(Consumer<Outcome> told) {}

        @Override
        public void removeWorker(Consumer<Outcome> told) {}

        @Override
        public void inspect(boolean withStacks, Consumer<Inspection> told) {
            asked.add(withStacks);
            List<Occupation> runs = IntStream.range(0, copies)
                    .mapToObj(i -> new Occupation("waitress-" + i, request, ageNanos, withStacks ? stack : ""))
                    .toList();
            WorkerStatus worker = new WorkerStatus(1, Integer.MAX_VALUE, state, 0, 3, 0, false, runs);
            told.accept(new Inspection(List.of(worker), 0, tally.counts()));
        }
    }

    private static final class Browser {
        final FakeSink sink;
        final Response response;

        Browser(String method) {
            Request request = Requests.parse(method + " /events HTTP/1.1\r\nHost: a\r\n\r\n");
            sink = new FakeSink(request.head(), NAME, false);
            response = new Response(request, sink, NAME);
        }

        String got() {
            byte[] wire = sink.outcome().getBytes(StandardCharsets.ISO_8859_1);
            return new String(wire, StandardCharsets.UTF_8);
        }

        int events() {
            return got().split("data: ", -1).length - 1;
        }

        void reads() {
            response.flushed(0);
        }
    }

    private Browser joins(boolean seesAll) {
        Browser browser = new Browser("GET");
        feed.join(seesAll, browser.response);
        return browser;
    }

    private void gather() {
        while (!elsewhere.isEmpty()) {
            elsewhere.remove().run();
        }
    }

    private void second() {
        List<Runnable> due = List.copyOf(timers);
        timers.clear();
        due.forEach(Runnable::run);
        gather();
    }

    @Test
    void tellsAtOnceAndThenEverySecond() {
        Browser browser = joins(true);
        assertThat(browser.got())
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: text/event-stream\r\n", "\r\nCache-Control: no-store\r\n");
        gather();
        assertThat(browser.events()).isEqualTo(1);
        second();
        second();
        assertThat(browser.events()).isEqualTo(3);
        assertThat(browser.got()).endsWith("}\n\n\r\n--running");
    }

    @Test
    void goesOnWhenOneCouldNotBeTold() {
        Browser browser = joins(true);
        gather();
        List<String> usual = addresses;
        addresses = new AbstractList<>() {
            @Override
            public int size() {
                return 1;
            }

            @Override
            public String get(int index) {
                throw new InternalError("as it were");
            }
        };
        second();
        addresses = usual;
        second();
        assertThat(browser.events()).isEqualTo(2);
    }

    @Test
    void runsOnlyWhileSomebodyWatches() {
        Browser browser = joins(true);
        gather();
        browser.response.clientGone();
        second();
        assertThat(timers).isEmpty();
        assertThat(browser.events()).isEqualTo(1);
        Browser next = joins(true);
        gather();
        assertThat(next.events()).isEqualTo(1);
        assertThat(timers).hasSize(1);
    }

    @Test
    void hasOneTimerHoweverManyWatch() {
        joins(true);
        joins(false);
        gather();
        second();
        assertThat(timers).hasSize(1);
    }

    @Test
    void tellsQueriesOnlyToThoseWhoMayKnow() {
        Browser owner = joins(true);
        Browser stranger = joins(false);
        gather();
        second();
        assertThat(owner.got()).contains("GET /secret?token=1");
        assertThat(stranger.got()).contains("GET /secret?…").doesNotContain("token=1");
    }

    @Test
    void tellsTracebacksOnlyToThoseWhoMayKnow() {
        Request failing = Requests.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Response response = new Response(failing, new FakeSink(failing.head(), NAME, false), NAME);
        response.observedBy(traffic.accepted(failing));
        response.fail("ValueError: 42");
        tally.reloaded(false, "cannot\nImportError: shop", 8_000_000_000L);
        Browser owner = joins(true);
        Browser stranger = joins(false);
        gather();
        second();
        assertThat(owner.got()).contains("ValueError: 42", "\"message\": \"cannot\"", "ImportError: shop");
        assertThat(stranger.got())
                .contains("\"status\": 500", "\"message\": \"cannot\"")
                .doesNotContain("ValueError", "ImportError");
    }

    @Test
    void tellsWhereARequestIsThatTakesLong() {
        ageNanos = 999_999_999;
        Browser owner = joins(true);
        gather();
        second();
        assertThat(asked).containsExactly(false, false);
        ageNanos++;
        Browser stranger = joins(false);
        gather();
        assertThat(owner.got()).doesNotContain("in sleep");
        second();
        assertThat(asked).containsExactly(false, false, false, true);
        assertThat(owner.got()).containsOnlyOnce("\"stack\": \"in sleep\"");
        assertThat(stranger.got()).doesNotContain("in sleep");
    }

    /** It would be asked by a signal, every second. */
    @ParameterizedTest
    @ValueSource(strings = {"silent", "hung"})
    void leavesAWorkerAloneThatDoesNotAnswer(String word) {
        state = word;
        ageNanos = 60_000_000_000L;
        joins(true);
        gather();
        second();
        assertThat(asked).containsExactly(false, false);
    }

    @Test
    void tellsAFewStacksAndNoneIsLong() {
        ageNanos = 60_000_000_000L;
        copies = 50;
        stack = "x".repeat(100_000);
        Browser browser = joins(true);
        gather();
        second();
        assertThat(browser.got().split("\\Q[...]xx\\E", -1)).hasSize(11);
        assertThat(browser.got().length()).isLessThan(110_000);
    }

    /** It neither ends an event nor is anything but a text in it. */
    @Test
    void tellsWhatClientsSayAsText() {
        request = "GET /</script><script>alert(1)//\n\ndata: {}\u2028\"";
        Browser browser = joins(true);
        gather();
        assertThat(browser.events()).as("and one in the text").isEqualTo(2);
        assertThat(browser.got()).contains("alert(1)//\\u000a\\u000adata: {}").containsOnlyOnce("\n\n");
    }

    @Test
    void dropsWhoDoesNotRead() {
        Browser slow = joins(true);
        Browser quick = joins(true);
        gather();
        request = "GET /" + "x".repeat(100_000);
        for (int i = 0; i < 5; i++) {
            second();
            quick.reads();
        }
        assertThat(slow.got()).endsWith("--cut");
        assertThat(slow.got().length()).isLessThan(Feed.MOST_UNREAD_BYTES + 200_000);
        assertThat(quick.got()).endsWith("--running");
        assertThat(quick.events()).isEqualTo(6);
    }

    @Test
    void isForSoManyAtOnce() {
        List<Browser> all = new ArrayList<>();
        for (int i = 0; i < Feed.MOST_WATCHING; i++) {
            all.add(joins(true));
        }
        assertThat(joins(true).got()).startsWith("HTTP/1.1 503 ");
        all.get(0).response.clientGone();
        assertThat(joins(true).got()).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void isNothingForHead() {
        Browser browser = new Browser("HEAD");
        feed.join(true, browser.response);
        assertThat(browser.got()).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n--open");
        assertThat(timers).isEmpty();
        assertThat(elsewhere).isEmpty();
    }

    /** What takes long is not asked for again meanwhile. */
    @Test
    void gathersOnceAtATime() {
        joins(true);
        assertThat(elsewhere).hasSize(1);
        timers.remove(0).run();
        assertThat(elsewhere).hasSize(1);
    }
}
