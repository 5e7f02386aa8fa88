package dev.waitress.exchange;

import dev.waitress.http.Ascii;
import dev.waitress.http.ResponseHead;

/** What one request is called: in the log, by its application and in its answer. */
public final class RequestId {
    /** For requests that are not named. */
    public static final RequestId NONE = new RequestId(new byte[0], "", new byte[0]);

    private final byte[] header;
    private final String lowerCaseHeader;
    private final byte[] text;

    RequestId(byte[] header, String lowerCaseHeader, byte[] text) {
        this.header = header;
        this.lowerCaseHeader = lowerCaseHeader;
        this.text = text;
    }

    /** Empty if there is none. */
    public byte[] text() {
        return text;
    }

    /** Names the request in its answer, unless the application did. */
    void addTo(ResponseHead head) {
        if (text.length > 0 && !head.has(lowerCaseHeader)) {
            head.field(header, 0, header.length, text, 0, text.length);
        }
    }

    /** A whole field, or nothing. */
    public byte[] field() {
        return text.length == 0 ? text : Ascii.bytes(Ascii.text(header) + ": " + Ascii.text(text) + "\r\n");
    }
}
