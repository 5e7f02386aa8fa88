package dev.waitress.connection;

import dev.waitress.net.TlsMeans;
import dev.waitress.net.TlsTransport;
import dev.waitress.net.Transport;
import dev.waitress.tls.Encryption;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What connections speak, made for each of them.
 *
 * @param means what every connection needs
 * @param intake what taking in requests needs
 * @param exchanges where requests go
 * @param prefaces whether connections begin with a preface
 * @param deadlines how slowly a client may send
 * @param http2 what HTTP/2 needs, where it is spoken
 * @param isHttp2Cleartext whether clients may begin with HTTP/2 where nothing else has chosen a protocol
 * @param encryption where connections are encrypted
 */
record Protocols(
        ConnectionMeans means,
        Intake.Means intake,
        Exchanges exchanges,
        PrefaceRule prefaces,
        Deadlines deadlines,
        @Nullable Http2Means http2,
        boolean isHttp2Cleartext,
        @Nullable Encryption encryption) {
    /** Makes sense of the first bytes of a client. */
    ProtocolHandler first(Connection connection) {
        return isHttp2Cleartext
                ? new ProtocolChoice(connection, deadlines, this::http1, this::http2)
                : http1(connection);
    }

    /** Speaks what both sides have agreed on, by its name in RFC 7301; HTTP/1 where that is empty. */
    ProtocolHandler agreed(Connection connection, String protocol) {
        return protocol.equals("h2") ? http2(connection) : http1(connection);
    }

    private ProtocolHandler http1(Connection connection) {
        return new Http1(connection, intake, exchanges, deadlines);
    }

    /** From the preface on. */
    ProtocolHandler http2(Connection connection) {
        Http2Means with = Objects.requireNonNull(http2, "nobody can choose HTTP/2 without it");
        return new Http2(connection, with, exchanges, deadlines);
    }

    ProtocolHandler preface(Connection connection, Preface.Successor successor) {
        return new Preface(connection, prefaces, deadlines, successor);
    }

    ProtocolHandler handshake(Connection connection, TlsTransport transport, Handshake.Successor successor) {
        Encryption with = Objects.requireNonNull(encryption, "no listener encrypts without it");
        return new Handshake(connection, transport, with, deadlines, exchanges.name(), successor);
    }

    /** A socket on which encryption can begin. */
    TlsTransport securable(Transport wire, Executor onLoop) {
        Encryption with = Objects.requireNonNull(encryption, "no listener encrypts without it");
        return new TlsTransport(wire, new TlsMeans(means.loop(), onLoop, with.tasks()));
    }
}
