package dev.waitress.worker.pool;

import dev.waitress.worker.wire.ControlReader;
import dev.waitress.worker.wire.ControlWriter;
import dev.waitress.worker.wire.ThreadStack;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What a worker is asked beside its requests: whether it lives, where a request is, what its threads do. It is known by
 * its answers whether it hears at all. Event loop only.
 */
final class Questions implements ControlReader.Answers {
    private final Heartbeat heartbeat;
    private final TimeLimit limit;
    private final ControlWriter control;
    private final BiConsumer<Integer, String> located;
    private Consumer<List<ThreadStack>> whenStacksTaken = stacks -> {};

    /**
     * Those of one worker.
     *
     * @param located told where a request is, which may be over
     */
    Questions(Heartbeat heartbeat, TimeLimit limit, ControlWriter control, BiConsumer<Integer, String> located) {
        this.heartbeat = heartbeat;
        this.limit = limit;
        this.control = control;
        this.located = located;
    }

    /** It is asked from now on whether it lives. */
    void begin() {
        heartbeat.begin();
    }

    /** It is asked no more. */
    void end() {
        heartbeat.end();
    }

    /** Whether an answer is late: it is to be given nothing. */
    boolean areUnanswered() {
        return heartbeat.isSilent() || limit.isSilent();
    }

    /** Whether it would not hear what it is told. */
    boolean areInVain() {
        return heartbeat.isHung() || limit.isSilent();
    }

    /** Whether it has not answered for so long that it is to be ended. */
    boolean areOver() {
        return heartbeat.isHung();
    }

    /** Asks what its threads do now; whoever has asked before is told nothing any more. */
    void askForStacks(Consumer<List<ThreadStack>> told) {
        whenStacksTaken = told;
        control.askForStacks();
    }

    @Override
    public void stacksTaken(List<ThreadStack> stacks) {
        whenStacksTaken.accept(stacks);
    }

    @Override
    public void alive() {
        heartbeat.answered();
    }

    @Override
    public void located(int id, String stacks) {
        limit.located(id, stacks);
        located.accept(id, stacks);
    }
}
