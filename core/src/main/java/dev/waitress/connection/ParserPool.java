package dev.waitress.connection;

import dev.waitress.http.Limits;
import dev.waitress.http.RequestParser;
import java.util.ArrayDeque;

/**
 * Parsers that the channels of one loop borrow while a request arrives, so that an idle connection holds none. Event
 * loop only.
 */
final class ParserPool {
    private static final int MOST_KEPT = 256;

    private final Limits limits;
    private final ArrayDeque<RequestParser> free = new ArrayDeque<>();

    ParserPool(Limits limits) {
        this.limits = limits;
    }

    /** A fresh parser. */
    RequestParser borrow() {
        RequestParser parser = free.pollLast();
        return parser == null ? new RequestParser(limits) : parser;
    }

    /** Takes a fresh parser back; one that has grown is left to the garbage collector. */
    void giveBack(RequestParser parser) {
        if (!parser.hasGrown() && free.size() < MOST_KEPT) {
            free.addLast(parser);
        }
    }
}
