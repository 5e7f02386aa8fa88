package dev.waitress.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.testkit.FakeLoop;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifetimeTest {
    private final FakeLoop loop = new FakeLoop(8192, 1 << 20);
    private final Lifetime lifetime = new Lifetime(loop);
    private final List<String> ran = new ArrayList<>();

    @Test
    void runsWhatIsDueAtItsTime() {
        lifetime.schedule(10, () -> ran.add("later"));
        lifetime.schedule(5, () -> ran.add("soon"));
        loop.pass(5);
        loop.turn();
        assertThat(ran).containsExactly("soon");
        loop.pass(5);
        loop.turn();
        assertThat(ran).containsExactly("soon", "later");
        assertThat(lifetime.nowNanos()).isEqualTo(loop.nowNanos());
    }

    @Test
    void runsNothingAfterItsEnd() {
        lifetime.schedule(5, () -> ran.add("before"));
        lifetime.end();
        lifetime.schedule(5, () -> ran.add("after"));
        loop.pass(5);
        loop.turn();
        assertThat(ran).isEmpty();
    }

    @Test
    void mayEndByWhatItRuns() {
        lifetime.schedule(5, lifetime::end);
        lifetime.schedule(6, () -> ran.add("after"));
        loop.pass(6);
        loop.turn();
        assertThat(ran).isEmpty();
    }

    @Test
    void holdsNothingAfterItsEnd() {
        WeakReference<Object> held = scheduleWithSomething();
        lifetime.end();
        for (int i = 0; i < 100 && held.get() != null; i++) {
            System.gc();
        }
        assertThat(held.get()).isNull();
    }

    private WeakReference<Object> scheduleWithSomething() {
        byte[] something = new byte[1000];
        lifetime.schedule(Long.MAX_VALUE / 2, () -> ran.add("with " + something.length));
        return new WeakReference<>(something);
    }
}
