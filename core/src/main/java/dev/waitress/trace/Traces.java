package dev.waitress.trace;

import dev.waitress.http.Ascii;
import dev.waitress.http.RequestHead;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Finds the trace of each request: the one that a trusted proxy says, or a new one. Event loop only. */
public final class Traces {
    private static final byte[] NOTHING = {};
    private static final byte[] EMPTY_PARENT = Ascii.bytes("00-" + "0".repeat(32) + "-" + "0".repeat(16) + "-00");

    /** Digits of a trace's id that decide whether it is sampled: as many as a double can tell apart. */
    private static final int DECIDING_DIGITS = 13;

    private static final double DECISIONS = 1L << 4 * DECIDING_DIGITS;

    private final RandomIds ids = new RandomIds();
    private final double share;

    /** Whether there will be a span for each request; else the caller's is handed on. */
    private final boolean makesSpans;

    private Traces(Settings settings) {
        share = settings.get(Setting.TRACE_SAMPLE);
        makesSpans = !settings.get(Setting.OTLP_ENDPOINT).isEmpty();
    }

    /** Null where the settings do not want any. */
    public static @Nullable Traces of(Settings settings) {
        return settings.get(Setting.TRACE) ? new Traces(settings) : null;
    }

    /**
     * The trace of a request.
     *
     * @param isBelieved whether who sent it may say so
     */
    public TraceContext next(RequestHead head, boolean isBelieved) {
        int field = isBelieved ? head.find("traceparent") : -1;
        boolean isOne = field >= 0
                && head.nextOfName(field) < 0
                && TraceParent.isValid(head.bytes(), head.valueStart(field), head.valueEnd(field));
        return isOne ? goOn(head, head.valueStart(field)) : begin();
    }

    private TraceContext goOn(RequestHead head, int start) {
        byte[] received = head.bytes();
        byte[] parent = EMPTY_PARENT.clone();
        System.arraycopy(received, start + TraceContext.TRACE_ID, parent, TraceContext.TRACE_ID, 32);
        System.arraycopy(received, start + TraceContext.SPAN_ID, parent, TraceContext.SPAN_ID, 16);
        byte[] caller = Arrays.copyOfRange(parent, TraceContext.SPAN_ID, TraceContext.SPAN_ID_END);
        if (makesSpans) {
            ids.put(parent, TraceContext.SPAN_ID, TraceContext.SPAN_ID_END);
        }
        markSampled(parent, TraceParent.isSampled(received, start));
        int state = head.find("tracestate");
        return new TraceContext(parent, caller, state < 0 ? NOTHING : TraceState.read(head.joinedValues(state)));
    }

    private TraceContext begin() {
        byte[] parent = EMPTY_PARENT.clone();
        ids.put(parent, TraceContext.TRACE_ID, TraceContext.TRACE_ID_END);
        ids.put(parent, TraceContext.SPAN_ID, TraceContext.SPAN_ID_END);
        markSampled(parent, isChosen(parent));
        return new TraceContext(parent, NOTHING, NOTHING);
    }

    private static void markSampled(byte[] parent, boolean isSampled) {
        parent[TraceContext.LENGTH - 1] = (byte) (isSampled ? '1' : '0');
    }

    /** By the id, so that other servers with the same share choose the same traces. */
    private boolean isChosen(byte[] parent) {
        long number = 0;
        for (int i = TraceContext.TRACE_ID_END - DECIDING_DIGITS; i < TraceContext.TRACE_ID_END; i++) {
            number = number << 4 | Character.digit(parent[i], 16);
        }
        return number / DECISIONS < share;
    }
}
