package dev.waitress.health;

import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerAnswer;
import java.time.Duration;

/** Behind a listener for health alone: whatever else is asked, it is not there. */
public final class NothingElse implements Gateway {
    @Override
    public void submit(Request request, Response response) {
        request.body().discard();
        ServerAnswer.NOT_FOUND.sendTo(response);
    }

    @Override
    public void close(Duration within) {
        // nothing runs
    }
}
