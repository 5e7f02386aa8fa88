package dev.waitress.exchange;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.proxy.Forwarding;
import dev.waitress.testkit.Heads;

/** Makes requests from their text. */
public final class Requests {
    private Requests() {}

    public static Request parse(String text) {
        return parse(text, "http", Forwarding.NONE);
    }

    /** On a connection of this scheme. */
    static Request parse(String text, String scheme, Forwarding forwarding) {
        Peer peer = new Peer("10.0.0.1", "5555", new ServerEnd(scheme, "8080"));
        return new Request(Heads.parse(text), BodyBuffer.EMPTY, peer, forwarding);
    }
}
