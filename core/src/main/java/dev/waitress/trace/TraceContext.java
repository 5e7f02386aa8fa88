package dev.waitress.trace;

import java.util.Arrays;

/**
 * The place of one request in a trace. All ids are lower case hexadecimal digits. W3C Trace Context, Recommendation of
 * 23 November 2021. Immutable.
 */
public final class TraceContext {
    static final int TRACE_ID = 3;
    static final int TRACE_ID_END = 35;
    static final int SPAN_ID = 36;
    static final int SPAN_ID_END = 52;
    static final int FLAGS = 53;
    static final int LENGTH = 55;

    private final byte[] parent;
    private final byte[] caller;
    private final byte[] state;

    /**
     * One.
     *
     * @param parent what {@link #traceParent} gives, {@link #LENGTH} bytes
     * @param caller id of the span that has sent the request; empty if the trace begins here
     * @param state what {@link #traceState} gives
     */
    TraceContext(byte[] parent, byte[] caller, byte[] state) {
        this.parent = parent;
        this.caller = caller;
        this.state = state;
    }

    /** The value of {@code traceparent} by which the application goes on, and of {@code traceresponse}. */
    public byte[] traceParent() {
        return parent;
    }

    /** The value of {@code tracestate} that goes with it; empty if there is none. */
    public byte[] traceState() {
        return state;
    }

    /** 32 digits. */
    public byte[] traceId() {
        return Arrays.copyOfRange(parent, TRACE_ID, TRACE_ID_END);
    }

    /** 16 digits: the span that is the parent of those of the application. */
    public byte[] spanId() {
        return Arrays.copyOfRange(parent, SPAN_ID, SPAN_ID_END);
    }

    /** 16 digits, or none if the trace begins here. */
    public byte[] callerId() {
        return caller;
    }

    /** Whether its spans are to be recorded. */
    public boolean isSampled() {
        return parent[LENGTH - 1] == '1';
    }
}
