package dev.waitress.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The loops that clients are handed over to; there may be none. Event loop only. */
final class Branches {
    private final List<Branch> all = new ArrayList<>();

    void add(Branch branch) {
        all.add(branch);
    }

    int number() {
        return all.size();
    }

    /** Their clients. */
    int count() {
        return all.stream().mapToInt(Branch::count).sum();
    }

    boolean haveRoom() {
        return all.stream().anyMatch(Branch::hasRoom);
    }

    /** The one with the most free places, and no fewer than these; null if there is none. */
    @Nullable
    Branch emptiest(IntSupplier free) {
        if (all.isEmpty()) {
            return null; // with one loop nobody need be counted
        }
        Branch emptiest = null;
        int most = free.getAsInt(); // at a tie the others come first: the loop that accepts has more to do
        for (Branch branch : all) {
            if (branch.hasRoom() && branch.free() >= most) {
                emptiest = branch;
                most = branch.free();
            }
        }
        return emptiest;
    }

    void sendAway() {
        all.forEach(Branch::sendAway);
    }

    /** Each calls back when its last client has its answer. */
    void drain(Runnable callback) {
        all.forEach(branch -> branch.drain(callback));
    }
}
