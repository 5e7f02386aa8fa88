package dev.waitress.exchange;

import dev.waitress.http.Ascii;
import dev.waitress.http.ResponseHead;
import dev.waitress.http.Status;

/** The head of an answer to a request that waits in vain: its client may ask again, and on the same connection. */
final class RetryLater {
    /** In seconds: until then some of those that wait have had their turn. */
    private static final String RETRY_AFTER = "1";

    private RetryLater() {}

    static ResponseHead head() {
        Status status = Status.SERVICE_UNAVAILABLE;
        byte[] line = Ascii.bytes(status.code() + " " + status.reason());
        ResponseHead head = new ResponseHead();
        head.start(line, 0, line.length);
        field(head, "Retry-After", RETRY_AFTER); // RFC 9110 §10.2.3
        field(head, "Content-Type", "text/plain; charset=utf-8");
        return head;
    }

    private static void field(ResponseHead head, String name, String value) {
        byte[] names = Ascii.bytes(name);
        byte[] values = Ascii.bytes(value);
        head.field(names, 0, names.length, values, 0, values.length);
    }
}
