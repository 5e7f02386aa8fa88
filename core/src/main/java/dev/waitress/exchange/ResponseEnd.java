package dev.waitress.exchange;

import dev.waitress.http.Status;
import org.jspecify.annotations.Nullable;

/**
 * How a response has ended, for those who observe it.
 *
 * @param statusCode of the head; 0 if none was sent
 * @param ownStatus the status, where the server has answered in its own name; null where the application did, or nobody
 * @param failure what is known of how the application failed over it, perhaps nothing; null where it did not
 * @param bodyBytes length of the body as far as it was sent, or lies in the buffers on the way to the client
 * @param isComplete whether all of it was written, and so was not broken off
 * @param keepsConnection whether the connection stays open behind it
 * @param producer who produced it, if anybody did
 */
public record ResponseEnd(
        int statusCode,
        @Nullable Status ownStatus,
        @Nullable String failure,
        long bodyBytes,
        boolean isComplete,
        boolean keepsConnection,
        @Nullable Producer producer) {}
