package dev.waitress.connection;

import dev.waitress.http.Limits;
import dev.waitress.http1.Http1Parser;
import java.util.ArrayDeque;

/**
 * Parsers that the channels of one loop borrow while a request arrives, so that an idle connection holds none. Event
 * loop only.
 */
final class ParserPool {
    private static final int MOST_KEPT = 256;

    private final Limits limits;
    private final ArrayDeque<Http1Parser> free = new ArrayDeque<>();

    ParserPool(Limits limits) {
        this.limits = limits;
    }

    /** A fresh parser. */
    Http1Parser borrow() {
        Http1Parser parser = free.pollLast();
        return parser == null ? new Http1Parser(limits) : parser;
    }

    /** Takes a fresh parser back; one that has grown is left to the garbage collector. */
    void giveBack(Http1Parser parser) {
        if (!parser.hasGrown() && free.size() < MOST_KEPT) {
            free.addLast(parser);
        }
    }
}
