package dev.waitress.worker.wire;

import dev.waitress.http.ResponseHead;
import org.jspecify.annotations.Nullable;

/** The heads of responses that a worker has numbered. Event loop only. */
public final class KnownHeads {
    private final @Nullable ResponseHead[] heads = new ResponseHead[Protocol.MOST_HEADS];

    /** Why a head is not HTTP; empty if it is. */
    private final String[] faults = new String[Protocol.MOST_HEADS];

    /**
     * Notes one; a copy of it.
     *
     * @param fault why it is not HTTP; empty if it is
     * @throws IllegalArgumentException if there can be no such number, or another head has it
     */
    void add(int number, ResponseHead head, String fault) {
        if (number < 0 || number >= heads.length || heads[number] != null) {
            throw new IllegalArgumentException("a head of number " + number);
        }
        ResponseHead copy = new ResponseHead();
        if (fault.isEmpty()) {
            copy.become(head);
        }
        heads[number] = copy;
        faults[number] = fault;
    }

    /**
     * Makes a head that of a number; why it is not HTTP, empty if it is.
     *
     * @throws IllegalArgumentException if nobody has said what the number means
     */
    String find(int number, ResponseHead target) {
        ResponseHead head = number < 0 || number >= heads.length ? null : heads[number];
        if (head == null) {
            throw new IllegalArgumentException("a head of number " + number + ", which nobody has told of");
        }
        if (faults[number].isEmpty()) {
            target.become(head);
        }
        return faults[number];
    }
}
