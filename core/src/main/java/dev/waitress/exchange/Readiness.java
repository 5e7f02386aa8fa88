package dev.waitress.exchange;

import java.util.List;

/** Whether requests would be answered now. Event loop only. */
@FunctionalInterface
public interface Readiness {
    /** Nothing is ever in the way. */
    Readiness ALWAYS = List::of;

    /** Why they would not, each reason in a few words; empty if they would. */
    List<String> obstacles();
}
