package dev.waitress.exchange;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.proxy.Forwarding;
import dev.waitress.testkit.Heads;

/** Makes requests from their text. */
public final class Requests {
    private Requests() {}

    public static Request parse(String text) {
        return parse(text, Forwarding.NONE);
    }

    static Request parse(String text, Forwarding forwarding) {
        return new Request(Heads.parse(text), BodyBuffer.EMPTY, new Peer("10.0.0.1", "5555", "8080"), forwarding);
    }
}
