package dev.waitress.gateway;

import dev.waitress.http.Ascii;
import dev.waitress.http.ResponseHead;

/** What one request is called: in the log, by its application and in its answer. */
public final class RequestId {
    /** For requests that are not named. */
    static final RequestId NONE = new RequestId("", "");

    private final String header;
    private final byte[] text;

    RequestId(String header, String text) {
        this.header = header;
        this.text = Ascii.bytes(text);
    }

    /** Empty if there is none. */
    public byte[] text() {
        return text;
    }

    /** Names the request in its answer, unless the application did. */
    void addTo(ResponseHead head) {
        if (text.length > 0 && head.value(header).isEmpty()) {
            byte[] name = Ascii.bytes(header);
            head.field(name, 0, name.length, text, 0, text.length);
        }
    }

    /** A whole field, or nothing. */
    byte[] field() {
        return text.length == 0 ? text : Ascii.bytes(header + ": " + Ascii.text(text) + "\r\n");
    }
}
