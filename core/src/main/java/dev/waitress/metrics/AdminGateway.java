package dev.waitress.metrics;

import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Json;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerAnswer;
import dev.waitress.http.RequestHead;
import dev.waitress.loop.Timers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Answers those who watch a server: metrics for programs, a page for people, and perhaps orders. Event loop only. */
public final class AdminGateway implements Gateway {
    private static final ServerAnswer MISDIRECTED = new ServerAnswer(
            "421 Misdirected Request", "", "text/plain; charset=utf-8", "Ask for localhost, or by address\n");

    private static final ServerAnswer FORBIDDEN = new ServerAnswer(
            "403 Forbidden", "", "text/plain; charset=utf-8", "Orders are given on the page, or with the token\n");

    private final Guard guard;
    private final Operations operations;
    private final Executor loop;
    private final MetricsGateway metrics;
    private final Page page = Page.load();
    private final Feed feed;

    /**
     * For one server.
     *
     * @param timers those of the loop
     * @param elsewhere runs what takes too long for the loop
     */
    public AdminGateway(Sources sources, Guard guard, Executor loop, Timers timers, Executor elsewhere) {
        this.guard = guard;
        this.operations = sources.operations();
        this.loop = loop;
        Scraper scraper = new Scraper(sources, elsewhere);
        this.metrics = new MetricsGateway(scraper, loop);
        this.feed = new Feed(scraper, new PageJson(guard.takesOrders(), guard.asksForToken()), loop, timers);
    }

    @Override
    public void submit(Request request, Response response) {
        RequestHead head = request.head();
        String path = head.text(head.pathStart(), head.pathEnd());
        if (!guard.admits(head)) {
            answer(MISDIRECTED, request, response);
            return;
        }
        switch (path) {
            case "/" -> look(request, response, () -> page.sendTo(response));
            case "/events" -> look(request, response, () -> feed.join(guard.tellsAll(head), response));
            case "/reload", "/add", "/remove" -> order(path.substring(1), request, response);
            default -> metrics.submit(request, response);
        }
    }

    private static void answer(ServerAnswer answer, Request request, Response response) {
        request.body().discard();
        answer.sendTo(response);
    }

    private static void look(Request request, Response response, Runnable answer) {
        RequestHead head = request.head();
        if (head.isMethod("GET") || head.isMethod("HEAD")) {
            request.body().discard();
            answer.run();
        } else {
            answer(ServerAnswer.notAllowed("GET, HEAD"), request, response);
        }
    }

    private void order(String order, Request request, Response response) {
        RequestHead head = request.head();
        if (!guard.takesOrders()) {
            answer(ServerAnswer.NOT_FOUND, request, response);
        } else if (!head.isMethod("POST")) {
            answer(ServerAnswer.notAllowed("POST"), request, response);
        } else if (!guard.mayOrder(head, order)) {
            answer(FORBIDDEN, request, response);
        } else {
            request.body().discard();
            obey(order, outcome -> loop.execute(() -> of(outcome).sendTo(response)));
        }
    }

    private void obey(String order, Consumer<Outcome> told) {
        switch (order) {
            case "reload" -> operations.reload("the page of metrics_listen", told);
            case "add" -> operations.addWorker(told);
            default -> operations.removeWorker(told);
        }
    }

    private static ServerAnswer of(Outcome outcome) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("done", outcome.isDone());
        members.put("message", outcome.message());
        return ServerAnswer.json(outcome.isDone() ? "200 OK" : "409 Conflict", Json.text(members) + "\n");
    }

    @Override
    public void close(Duration within) {
        // nothing runs
    }
}
