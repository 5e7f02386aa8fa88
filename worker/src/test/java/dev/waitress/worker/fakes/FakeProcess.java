package dev.waitress.worker.fakes;

import dev.waitress.worker.process.StartedProcess;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A process that ends when a test says so; to be killed it only notes. */
public final class FakeProcess implements StartedProcess {
    private final long pid;
    private final List<IntConsumer> whenExited = new ArrayList<>();
    private final Set<Long> children = new HashSet<>();
    private int kills;
    private @Nullable String stacks;
    private @Nullable Closeable leash;

    public FakeProcess(long pid) {
        this.pid = pid;
    }

    /** It ends. */
    public void exit(int status) {
        whenExited.forEach(each -> each.accept(status));
    }

    /** It has started this one. */
    public void hasStarted(long child) {
        children.add(child);
    }

    /** Asked for its stacks, it tells this. */
    public void tells(String newStacks) {
        stacks = newStacks;
    }

    public boolean wasKilled() {
        return kills > 0;
    }

    public @Nullable Closeable leash() {
        return leash;
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public boolean includes(long other) {
        return other == pid || children.contains(other);
    }

    @Override
    public void onExit(IntConsumer callback) {
        whenExited.add(callback);
    }

    @Override
    public void hold(Closeable newLeash) {
        leash = newLeash;
    }

    @Override
    public boolean askForStacks() {
        return stacks != null;
    }

    @Override
    public String stacks() {
        return stacks == null ? "" : stacks;
    }

    @Override
    public void endWithin(long timeoutNanos) {}

    @Override
    public void kill() {
        kills++;
    }
}
