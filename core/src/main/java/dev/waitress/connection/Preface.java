package dev.waitress.connection;

import dev.waitress.exchange.Peer;
import dev.waitress.proxy.PrefaceParser;
import dev.waitress.proxy.PrefaceStep;
import java.nio.ByteBuffer;

/**
 * A connection from a proxy, until its PROXY protocol preface has come; then it is that of a client like any other.
 * Event loop only.
 */
final class Preface implements ProtocolHandler {
    /** Who takes over behind the preface. */
    interface Successor {
        /** The preface has ended: the client is known, and what follows in the buffer is its own. */
        void announced(Connection connection, Peer client, ByteBuffer behind);
    }

    private final Connection connection;
    private final Peer proxy;
    private final PrefaceRule rule;
    private final Deadlines deadlines;
    private final Successor successor;
    private final PrefaceParser parser = new PrefaceParser();
    private final long acceptedNanos;

    Preface(Connection connection, PrefaceRule rule, Deadlines deadlines, Successor successor) {
        this.connection = connection;
        this.proxy = connection.peer();
        this.rule = rule;
        this.deadlines = deadlines;
        this.successor = successor;
        this.acceptedNanos = connection.loop().nowNanos();
    }

    @Override
    public void received(ByteBuffer in) {
        PrefaceStep step = parser.feed(in);
        if (step instanceof PrefaceStep.Client client) {
            successor.announced(connection, proxy.announcing(client.address(), client.port()), in);
        } else if (step instanceof PrefaceStep.Malformed malformed) {
            refuse(malformed.reason());
        } else if (step == PrefaceStep.Progress.NOBODY) {
            successor.announced(connection, proxy, in);
        }
    }

    private void refuse(String reason) {
        rule.refused(proxy, reason);
        connection.close();
    }

    @Override
    public void enforceDeadlines(long nowNanos) {
        if (deadlines.brokenByHead(nowNanos - acceptedNanos) == null) {
            return;
        }
        connection.move();
        if (connection.isHandledBy(this)) {
            refuse("did not come within request_head_timeout");
        }
    }
}
