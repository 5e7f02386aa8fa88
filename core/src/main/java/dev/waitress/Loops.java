package dev.waitress;

import dev.waitress.connection.Clients;
import dev.waitress.metrics.OtherLoops;
import dev.waitress.metrics.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/** The event loops of a server; the first one is home, where requests are answered. Thread-safe. */
final class Loops {
    private final List<LoopPart> all;

    Loops(List<LoopPart> all) {
        this.all = List.copyOf(all);
    }

    /** Those of home, which orders all. */
    Clients clients() {
        return home().clients();
    }

    /** What is noted at home. */
    Observation observation() {
        return home().observation();
    }

    private LoopPart home() {
        return all.get(0);
    }

    private List<LoopPart> others() {
        return all.subList(1, all.size());
    }

    /** Connections that wait for an answer, or for the rest of one. Home only, which is told at once or later. */
    void countRunning(Consumer<Long> told) {
        long here = clients().running();
        ask(
                part -> part.clients().running(),
                there -> told.accept(
                        here + there.stream().mapToLong(Long::longValue).sum()));
    }

    /** What the others have counted, for home. Home only. */
    OtherLoops counting() {
        return told -> ask(
                part -> {
                    Observation noted = part.observation();
                    Traffic traffic = Objects.requireNonNull(noted.traffic(), "somebody wants to know");
                    return new OtherLoops.Facts(
                            traffic.counted(), part.clients().counts(), noted.droppedLines(), noted.spanCounts());
                },
                told);
    }

    /** Asks each of the others, on its own thread, and tells the answers at home. */
    private <T> void ask(Function<LoopPart, T> question, Consumer<List<T>> told) {
        List<T> answers = new ArrayList<>();
        int asked = others().size();
        if (asked == 0) {
            told.accept(answers);
        }
        for (LoopPart other : others()) {
            other.loop().execute(() -> {
                T answer = question.apply(other);
                home().loop().execute(() -> {
                    answers.add(answer);
                    if (answers.size() == asked) {
                        told.accept(answers);
                    }
                });
            });
        }
    }
}
