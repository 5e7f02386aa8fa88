package dev.waitress.connection;

import dev.waitress.exchange.Request;
import dev.waitress.http.Rejection;
import dev.waitress.http.RequestHead;
import dev.waitress.http.Rule;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a client's bytes have led to. */
sealed interface Arrival {
    /** What it takes of the memory for all clients. */
    default long memoryBytes() {
        return 0;
    }

    /** Nobody will serve it: gives back what it holds. */
    default void discard() {}

    /** All of a request is here. */
    record Complete(Request request) implements Arrival {
        @Override
        public long memoryBytes() {
            return request.memoryBytes();
        }

        @Override
        public void discard() {
            request.body().discard();
        }

        /** The same request where there is no room for it. */
        Refused forWantOfMemory() {
            RequestHead head = request.head();
            return new Refused(
                    Refused.rejection(head, Rule.NO_MEMORY, ""), firstLineOf(head), request.firstByteNanos());
        }
    }

    /**
     * The client is to be told so, and the connection ends. That may be later: what is said of it is known now.
     *
     * @param line first line of the request, as far as it has come
     * @param firstByteNanos when the request began to come
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Refused(Rejection rejection, byte[] line, long firstByteNanos) implements Arrival {
        static Rejection rejection(@Nullable RequestHead head, Rule rule, String detail) {
            boolean isHead = head != null && head.isMethod("HEAD");
            int minorVersion = head == null ? 0 : head.minorVersion();
            return new Rejection(rule, rule.text(detail), minorVersion, isHead);
        }
    }

    /** The client waits for 100 (Continue) before it sends the body. RFC 9110 §10.1.1. */
    enum Awaited implements Arrival {
        CONTINUE
    }

    /** The first line of a request, copied. */
    static byte[] firstLineOf(RequestHead head) {
        return Arrays.copyOfRange(head.bytes(), head.methodStart(), head.lineEnd());
    }
}
