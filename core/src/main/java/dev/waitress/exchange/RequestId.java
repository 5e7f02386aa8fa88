package dev.waitress.exchange;

import dev.waitress.http.Ascii;
import dev.waitress.http.ResponseHead;
import dev.waitress.trace.TraceContext;
import org.jspecify.annotations.Nullable;

/** What one request is called, and its trace: in the log, by its application and in its answer. */
public final class RequestId {
    /** For requests that are not named. */
    public static final RequestId NONE = new RequestId(new byte[0], "", new byte[0], null);

    private static final String TRACE_RESPONSE = "traceresponse";
    private static final byte[] TRACE_RESPONSE_BYTES = Ascii.bytes(TRACE_RESPONSE);

    private final byte[] header;
    private final String lowerCaseHeader;
    private final byte[] text;
    private final @Nullable TraceContext trace;

    /**
     * One.
     *
     * @param text empty for none
     * @param trace null where requests are not traced
     */
    RequestId(byte[] header, String lowerCaseHeader, byte[] text, @Nullable TraceContext trace) {
        this.header = header;
        this.lowerCaseHeader = lowerCaseHeader;
        this.text = text;
        this.trace = trace;
    }

    /** Empty if there is none. */
    public byte[] text() {
        return text;
    }

    /** The trace that the request belongs to; null if it has none. */
    public @Nullable TraceContext trace() {
        return trace;
    }

    /** Names the request and its trace in its answer, unless the application did. */
    void addTo(ResponseHead head) {
        if (text.length > 0 && !head.has(lowerCaseHeader)) {
            head.field(header, 0, header.length, text, 0, text.length);
        }
        if (trace != null && !head.has(TRACE_RESPONSE)) {
            byte[] value = trace.traceParent();
            head.field(TRACE_RESPONSE_BYTES, 0, TRACE_RESPONSE_BYTES.length, value, 0, value.length);
        }
    }

    /** Whole fields of an answer, or nothing. */
    public byte[] fields() {
        String id = text.length == 0 ? "" : Ascii.text(header) + ": " + Ascii.text(text) + "\r\n";
        return Ascii.bytes(trace == null ? id : id + TRACE_RESPONSE + ": " + Ascii.text(trace.traceParent()) + "\r\n");
    }
}
