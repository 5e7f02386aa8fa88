package dev.waitress.wsgi;

import java.io.IOException;
import java.util.List;

/** Begins the response (PEP 3333, "The start_response() Callable"). Used by the thread that runs the application. */
@FunctionalInterface
public interface StartResponse {
    /** Sends blocks of the body from inside the application; what it returns comes after them. */
    @FunctionalInterface
    interface Write {
        /**
         * Sends a block; waits while the client is too far behind.
         *
         * @throws IOException if the client is gone
         */
        void write(byte[] block) throws IOException;
    }

    /**
     * States status and headers; they are sent with the first byte of the body.
     *
     * @param status three digits, a space and a reason, for example {@code 200 OK}
     * @throws IllegalStateException if it was called before
     * @throws IllegalArgumentException if status or headers are not HTTP, or not the application's to set
     */
    Write start(String status, List<Header> headers);

    /** The same with the headers one by one. */
    default Write start(String status, Header... headers) {
        return start(status, List.of(headers));
    }

    /**
     * States status and headers of an error page, in place of earlier ones that were not sent yet.
     *
     * @param failure what happened; thrown again if the head was sent already
     * @throws Exception the failure
     */
    default Write restart(String status, List<Header> headers, Exception failure) throws Exception {
        throw failure;
    }
}
