package dev.waitress.exchange;

import java.util.List;

/**
 * How one of the processes is that run the application.
 *
 * @param number its name for the server
 * @param pid its name for the system
 * @param state how far it is in its life, in one word
 * @param ageNanos since when it is there
 * @param answered how many requests it has answered; -1 where nobody counts
 * @param waiting requests that it was given, and that none of its threads has begun
 * @param isSilent whether it was asked for the stacks of its threads, and has not answered in time
 * @param occupations what its threads do; those that wait for a request are left out
 */
public record WorkerStatus(
        int number,
        long pid,
        String state,
        long ageNanos,
        long answered,
        int waiting,
        boolean isSilent,
        List<Occupation> occupations) {}
