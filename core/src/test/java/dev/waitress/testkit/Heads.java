package dev.waitress.testkit;

import dev.waitress.http.Ascii;
import dev.waitress.http.Limits;
import dev.waitress.http.RequestHead;
import dev.waitress.http1.Http1Parser;
import dev.waitress.http1.ParseStep;
import dev.waitress.http2.HeadAssembly;
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

    /** The head of a request of HTTP/2 without a body; names and values in turns. */
    public static RequestHead http2(String... fields) {
        HeadAssembly heads = new HeadAssembly(Limits.of(Settings.defaults()));
        heads.begin();
        for (int i = 0; i < fields.length; i += 2) {
            byte[] name = Ascii.bytes(fields[i]);
            byte[] value = Ascii.bytes(fields[i + 1]);
            heads.field(name, 0, name.length, value, 0, value.length);
        }
        if (heads.end(true) && heads.rejection() == null) {
            return heads.head();
        }
        throw new IllegalArgumentException("not a request: " + String.join(", ", fields));
    }
}
