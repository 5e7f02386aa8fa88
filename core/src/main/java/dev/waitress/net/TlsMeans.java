package dev.waitress.net;

import dev.waitress.loop.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;

/**
 * What all encrypted connections of a loop share.
 *
 * @param onLoop has something run in a turn of the loop
 * @param tasks threads for the arithmetic of handshakes
 */
public record TlsMeans(Turns loop, Executor onLoop, Executor tasks) {
    /** Has what a handshake leaves to other threads done there, and something in a turn of the loop afterwards. */
    void compute(SSLEngine engine, Runnable afterwards) {
        List<Runnable> delegated = new ArrayList<>();
        for (Runnable next = engine.getDelegatedTask(); next != null; next = engine.getDelegatedTask()) {
            delegated.add(next);
        }
        tasks.execute(() -> {
            try {
                delegated.forEach(Runnable::run);
            } finally {
                onLoop.execute(afterwards);
            }
        });
    }
}
