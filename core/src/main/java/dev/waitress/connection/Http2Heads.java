package dev.waitress.connection;

import dev.waitress.http2.HpackEncoder;
import dev.waitress.http2.PeerSettings;

/** Has the heads of one client's answers written, as it has said that it takes them. Event loop only. */
final class Http2Heads {
    private final HpackEncoder encoder;
    private final PeerSettings settings = new PeerSettings();

    /** Makes one with an encoder that others use too, in between. */
    Http2Heads(HpackEncoder encoder) {
        this.encoder = encoder;
    }

    /** What the client has said of itself. */
    PeerSettings settings() {
        return settings;
    }

    /** Begins a head; whoever does writes all of it, and sends it before anything else. */
    HpackEncoder begin(int statusCode) {
        encoder.begin(statusCode, settings.takeTableUpdate());
        return encoder;
    }
}
