package dev.waitress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.PrivateDirectory;
import dev.waitress.health.Health;
import dev.waitress.testkit.FakeLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServiceReportTest {
    private static final String SERVING = "STATUS=Serving on http://127.0.0.1:80";
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final FakeLoop loop = new FakeLoop(1024, 1 << 20);
    private final Health health = new Health();
    private final List<String> obstacles = new ArrayList<>();
    private final Listener manager = new Listener();
    private final ServiceReport report = new ServiceReport(manager, new PrivateDirectory(), health, loop, loop.clock);

    /** A service manager that writes down what it is told. */
    private static final class Listener implements ServiceManager {
        private final List<String> told = new ArrayList<>();
        private long watchdogNanos;

        @Override
        public boolean isThere() {
            return true;
        }

        @Override
        public long watchdogNanos() {
            return watchdogNanos;
        }

        @Override
        public void tell(String message, PrivateDirectory directory) {
            told.add(message);
        }

        @Override
        public void close() {}

        List<String> takeTold() {
            List<String> taken = List.copyOf(told);
            told.clear();
            return taken;
        }
    }

    private void serve() {
        health.serves(() -> List.copyOf(obstacles));
        report.serves(List.of("http://127.0.0.1:80"));
    }

    @Test
    void tellsThatItIsReady() {
        serve();
        loop.pass(60 * SECOND);
        assertThat(manager.takeTold()).as("and no more, when nothing changes").containsExactly("READY=1\n" + SERVING);
    }

    @Test
    void beatsTwiceInTheTimeOfTheWatchdog() {
        manager.watchdogNanos = 3 * SECOND;
        serve();
        manager.takeTold();
        loop.pass(6 * SECOND);
        assertThat(manager.takeTold()).containsExactly("WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1");
    }

    @Test
    void tellsWhatIsInTheWay() {
        serve();
        manager.takeTold();
        obstacles.add("no worker serves");
        loop.pass(20 * SECOND);
        obstacles.clear();
        loop.pass(20 * SECOND);
        assertThat(manager.takeTold()).containsExactly("STATUS=Not ready: no worker serves", SERVING);
    }

    @Test
    void tellsOfAReloadWithTheTimeOfNow() {
        serve();
        manager.takeTold();
        loop.pass(7 * SECOND);
        report.reloads();
        loop.pass(60 * SECOND);
        report.hasReloaded();
        assertThat(manager.takeTold())
                .containsExactly(
                        "RELOADING=1\nMONOTONIC_USEC=8000000\nSTATUS=Loading the application again",
                        "READY=1\n" + SERVING);
    }

    @Test
    void tellsOfTheEnd() {
        serve();
        manager.takeTold();
        health.drains();
        report.stops();
        loop.pass(60 * SECOND);
        assertThat(manager.takeTold()).containsExactly("STOPPING=1\nSTATUS=Not ready: draining");
    }
}
