package dev.waitress.metrics;

import dev.waitress.exchange.Producer;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerAnswer;
import dev.waitress.http.Ascii;
import dev.waitress.http.ResponseHead;
import dev.waitress.loop.Timers;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Tells those who watch, every second, how the server is: server-sent events. Nothing runs while nobody does. */
final class Feed {
    private static final Logger LOG = System.getLogger("waitress");

    /** Those that may watch at once. */
    static final int MOST_WATCHING = 16;

    /** Whoever has left so much unread is dropped: that is some hundred seconds of a server of the usual size. */
    static final int MOST_UNREAD_BYTES = 256 * 1024;

    static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final ServerAnswer FULL = new ServerAnswer(
            "503 Service Unavailable", "", "text/plain; charset=utf-8", MOST_WATCHING + " watch already\n");

    private final Scraper scraper;
    private final PageJson json;
    private final Executor loop;
    private final Timers timers;
    private final Set<Watcher> watchers = new LinkedHashSet<>();
    private boolean isTicking;
    private boolean isGathering;

    /** Whether some request takes so long that its stack is wanted. */
    private boolean isSlow;

    Feed(Scraper scraper, PageJson json, Executor loop, Timers timers) {
        this.scraper = scraper;
        this.json = json;
        this.loop = loop;
        this.timers = timers;
    }

    /** Somebody who watches. */
    private final class Watcher implements Producer {
        private final boolean seesAll;
        private final Response response;
        private long unread;

        Watcher(boolean seesAll, Response response) {
            this.seesAll = seesAll;
            this.response = response;
        }

        void tell(byte[] event) {
            if (unread > MOST_UNREAD_BYTES) {
                watchers.remove(this);
                response.fail("");
                return;
            }
            unread += event.length;
            response.body(event, 0, event.length);
        }

        @Override
        public void drained(long bytes) {
            unread -= bytes;
        }

        @Override
        public void clientGone() {
            watchers.remove(this);
        }
    }

    /** One more watches, and is told at once. */
    void join(boolean seesAll, Response response) {
        if (watchers.size() >= MOST_WATCHING) {
            FULL.sendTo(response);
            return;
        }
        Watcher watcher = new Watcher(seesAll, response);
        response.producedBy(watcher);
        response.start(head(), ResponseHead.NO_LENGTH);
        if (response.hasEnded()) { // HEAD
            return;
        }
        watchers.add(watcher);
        if (isTicking) {
            gather();
        } else {
            tick();
        }
    }

    private static ResponseHead head() {
        ResponseHead head = new ResponseHead();
        byte[] line = Ascii.bytes("200 OK");
        head.start(line, 0, line.length);
        List.of("Content-Type: text/event-stream", "Cache-Control: no-store", "X-Content-Type-Options: nosniff")
                .forEach(field -> add(head, field));
        return head;
    }

    private static void add(ResponseHead head, String field) {
        int colon = field.indexOf(':');
        byte[] name = Ascii.bytes(field.substring(0, colon));
        byte[] value = Ascii.bytes(field.substring(colon + 2));
        head.field(name, 0, name.length, value, 0, value.length);
    }

    private void tick() {
        isTicking = !watchers.isEmpty();
        if (isTicking) {
            timers.schedule(PERIOD_NANOS, this::tick);
            gather();
        }
    }

    private void gather() {
        if (!isGathering) {
            isGathering = true;
            scraper.scrape(isSlow, this::compose);
        }
    }

    /** Not on the loop. */
    private void compose(Supplier<Scrape> gathered) {
        try {
            Scrape scrape = gathered.get();
            byte[] all = event(json.of(scrape, true));
            byte[] some = event(json.of(scrape, false));
            boolean nowSlow = PageJson.hasSlow(scrape);
            loop.execute(() -> tell(all, some, nowSlow));
        } catch (RuntimeException | Error e) { // of want of memory, too: or nobody would be told any more
            LOG.log(Level.ERROR, "cannot tell how the server is", e);
            loop.execute(() -> isGathering = false);
        }
    }

    private static byte[] event(String json) {
        return ("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    private void tell(byte[] all, byte[] some, boolean nowSlow) {
        isGathering = false;
        isSlow = nowSlow;
        List.copyOf(watchers).forEach(watcher -> watcher.tell(watcher.seesAll ? all : some));
    }
}
