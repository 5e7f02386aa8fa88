package dev.waitress.log;

import java.util.Map;

/**
 * What a line says of an answer. Times are in nanoseconds; a negative one is not known.
 *
 * @param status 499 if none was sent
 * @param connection as Apache has it: X broken off, + kept open, - closed
 * @param fields those of its head that the line is to have
 * @param worker empty if nobody was asked
 */
record Answered(
        int status,
        long bodyBytes,
        char connection,
        Map<String, String> fields,
        String worker,
        long queueNanos,
        long applicationNanos,
        long totalNanos) {}
