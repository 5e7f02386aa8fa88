package dev.waitress.exchange;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.http.Limits;
import dev.waitress.http.RequestHead;
import dev.waitress.http.RequestParser;
import dev.waitress.proxy.Forwarding;
import dev.waitress.settings.Settings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Makes requests from their text. */
public final class Requests {
    private Requests() {}

    public static Request parse(String text) {
        return parse(text, Forwarding.NONE);
    }

    static Request parse(String text, Forwarding forwarding) {
        RequestParser parser = new RequestParser(Limits.of(Settings.defaults()));
        ByteBuffer in = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        if (parser.feed(in) instanceof RequestHead head) {
            return new Request(head, BodyBuffer.EMPTY, new Peer("10.0.0.1", "5555", "8080"), forwarding);
        }
        throw new IllegalArgumentException("not a request: " + text);
    }
}
