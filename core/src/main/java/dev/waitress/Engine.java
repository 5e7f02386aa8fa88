package dev.waitress;

import dev.waitress.buffer.MemoryBudget;
import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.exchange.Gateway;
import dev.waitress.loop.Clock;
import dev.waitress.loop.EventLoop;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.io.IOException;
import java.time.Duration;

/** All of a server but its listeners: the event loop, and what answers requests. */
record Engine(PrivateDirectory directory, EventLoop loop, Gateway gateway) {
    /** Returns when requests can be answered. Whatever fails, nothing is left behind. */
    static Engine start(Settings settings, GatewayStarter starter) throws IOException, InterruptedException {
        PrivateDirectory directory = new PrivateDirectory();
        EventLoop loop = new EventLoop(
                "waitress-loop", settings.getInt(Setting.RECV_BYTES), MemoryBudget.ofHeap(), Clock.SYSTEM);
        loop.leftovers().add(directory::close);
        loop.start();
        try {
            return new Engine(directory, loop, starter.start(loop, directory));
        } catch (IOException | RuntimeException | InterruptedException e) {
            loop.stop();
            directory.close();
            throw e;
        }
    }

    /** Ends what still runs, within this time. Its sockets must have been closed. */
    void stop(Duration within) throws InterruptedException {
        gateway.close(within);
        loop.stop();
        directory.close();
    }
}
