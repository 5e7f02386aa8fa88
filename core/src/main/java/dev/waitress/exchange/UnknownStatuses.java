package dev.waitress.exchange;

import dev.waitress.http.ResponseHead;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Tells once of each status beyond 599 that an application sends: such are none of HTTP. Thread-safe. */
public final class UnknownStatuses {
    private static final Logger LOG = System.getLogger("waitress");

    private static final int LAST_KNOWN = 599;

    private final Set<Integer> told = ConcurrentHashMap.newKeySet();

    /** Looks at the head of a response. */
    public void note(ResponseHead head) {
        int code = head.statusCode();
        if (code > LAST_KNOWN && told.add(code)) {
            LOG.log(
                    Level.WARNING,
                    "the application answers with status " + code
                            + ", which is none of HTTP (RFC 9110 §15): clients may take it for a failure of the server");
        }
    }
}
