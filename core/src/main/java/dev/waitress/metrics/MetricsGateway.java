package dev.waitress.metrics;

import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerAnswer;
import dev.waitress.http.RequestHead;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Answers what those ask who gather metrics; the text is not written on the loop. */
final class MetricsGateway implements Gateway {
    private static final Logger LOG = System.getLogger("waitress");

    private static final String PATH = "/metrics";

    private final Scraper scraper;
    private final Executor loop;

    MetricsGateway(Scraper scraper, Executor loop) {
        this.scraper = scraper;
        this.loop = loop;
    }

    @Override
    public void submit(Request request, Response response) {
        RequestHead head = request.head();
        request.body().discard();
        if (!head.text(head.pathStart(), head.pathEnd()).equals(PATH)) {
            ServerAnswer.NOT_FOUND.sendTo(response);
        } else if (!head.isMethod("GET") && !head.isMethod("HEAD")) {
            ServerAnswer.notAllowed("GET, HEAD").sendTo(response);
        } else {
            Format format = format(head);
            scraper.scrape(false, scrape -> answer(scrape, format, response));
        }
    }

    private static Format format(RequestHead head) {
        int accept = head.find("accept");
        return Format.accepted(accept < 0 ? "" : head.joinedValues(accept));
    }

    private void answer(Supplier<Scrape> scrape, Format format, Response response) {
        try {
            String text = MetricsText.of(scrape.get(), format);
            ServerAnswer answer = new ServerAnswer("200 OK", "", format.mediaType(), text);
            loop.execute(() -> answer.sendTo(response));
        } catch (RuntimeException | Error e) { // of want of memory, too, of which the text may take much
            LOG.log(Level.ERROR, "cannot tell what was counted", e);
            loop.execute(() -> response.fail(""));
        }
    }

    @Override
    public void close(Duration within) {
        // nothing runs
    }
}
