package dev.waitress.connection;

import dev.waitress.buffer.Lease;
import dev.waitress.buffer.OverflowBuffer;
import dev.waitress.exchange.Peer;
import dev.waitress.http.Limits;
import dev.waitress.http.RequestHead;
import dev.waitress.http2.HeadAssembly;
import dev.waitress.http2.HpackEncoder;
import dev.waitress.proxy.Forwarding;
import dev.waitress.proxy.ForwardingOutcome;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.concurrent.TimeUnit;

/**
 * What the connections of a loop share that speak HTTP/2.
 *
 * @param intake what taking in requests needs, in any form
 * @param heads makes their heads, one after the other
 * @param encoder writes those of answers, one after the other
 * @param mostStreams of a connection at once; key {@code http2_max_concurrent_streams}
 * @param stallNanos how long an answer may wait for its client; key {@code channel_timeout}
 */
record Http2Means(
        ConnectionMeans connections,
        Intake.Means intake,
        Limits limits,
        HeadAssembly heads,
        HpackEncoder encoder,
        FrameBatch batch,
        FloodReport floods,
        int mostStreams,
        long stallNanos) {
    static Http2Means of(Settings settings, ConnectionMeans connections, Intake.Means intake) {
        Limits limits = Limits.of(settings);
        return new Http2Means(
                connections,
                intake,
                limits,
                new HeadAssembly(limits),
                new HpackEncoder(),
                new FrameBatch(),
                new FloodReport(),
                settings.getInt(Setting.HTTP2_MAX_CONCURRENT_STREAMS),
                TimeUnit.SECONDS.toNanos(settings.get(Setting.CHANNEL_TIMEOUT)));
    }

    OverflowBuffer output() {
        return connections.output();
    }

    Lease lease() {
        return new Lease(intake.bodies().memory());
    }

    boolean trusts(Peer peer) {
        return intake.trustedProxy().trusts(peer.hopAddress());
    }

    /** What a proxy says of a request. */
    ForwardingOutcome readProxyFields(RequestHead head, Peer peer, boolean isTrusted) {
        return head.hasProxyFields()
                ? intake.trustedProxy().read(head, peer.hopAddress(), isTrusted, peer.scheme())
                : Forwarding.NONE;
    }
}
