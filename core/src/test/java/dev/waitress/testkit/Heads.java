package dev.waitress.testkit;

import dev.waitress.http.Ascii;
import dev.waitress.http.Limits;
import dev.waitress.http.RequestHead;
import dev.waitress.http1.Http1Parser;
import dev.waitress.http1.ParseStep;
import dev.waitress.settings.Settings;
import java.nio.ByteBuffer;

/** Makes heads of requests from their text. */
public final class Heads {
    private Heads() {}

    /** The head with which the text begins; it lies in an array of its own. */
    public static RequestHead parse(String text) {
        ParseStep step = new Http1Parser(Limits.of(Settings.defaults())).feed(ByteBuffer.wrap(Ascii.bytes(text)));
        if (step instanceof ParseStep.Head head) {
            return head.head();
        }
        throw new IllegalArgumentException("not a request: " + text + ", but " + step);
    }
}
