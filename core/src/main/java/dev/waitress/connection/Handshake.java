package dev.waitress.connection;

import dev.waitress.exchange.ErrorAnswer;
import dev.waitress.exchange.Peer;
import dev.waitress.exchange.ServerName;
import dev.waitress.http.Rejection;
import dev.waitress.http.Rule;
import dev.waitress.http1.Http1Writer;
import dev.waitress.net.TlsTransport;
import dev.waitress.tls.Agreement;
import dev.waitress.tls.Encryption;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * A connection that has to be encrypted, until it is; then it is that of a client like any other. Whoever does not
 * encrypt is told so once, in plain HTTP. Event loop only.
 */
final class Handshake implements ProtocolHandler, TlsTransport.Handler {
    private static final Logger LOG = System.getLogger("waitress");

    /** First byte of a record that belongs to a handshake. RFC 8446 §5.1. */
    private static final byte RECORD = 0x16;

    /** What the engine takes of the heap meanwhile, but for what the client sends. */
    private static final int SHAKING_BYTES = 11 * 1024;

    /** Bytes of what applications are told of a client, with every request: its certificate may be long. */
    private static final int MOST_FACTS = 64 * 1024;

    /**
     * Bytes of the heap for what they are told of one without a certificate, which what an engine takes has room for.
     */
    private static final int USUAL_FACTS = 1024;

    private static final byte[] NO_ID = {};

    /** Who takes over behind the handshake. */
    interface Successor {
        /** Has somebody leave who is idle; false if there is nobody. */
        boolean makeRoom();

        /**
         * The handshake has ended: more is known of the client, and what follows is what it says.
         *
         * @param protocol that both have agreed on, by its name in RFC 7301; empty if the client has named none
         */
        void secured(Connection connection, Peer client, String protocol);
    }

    private enum State {
        /** Nothing has come. */
        SILENT,
        BEGUN,
        SECURED,
        /** What still comes does not count. */
        FAILED
    }

    private final Connection connection;
    private final TlsTransport transport;
    private final Encryption encryption;
    private final Deadlines deadlines;
    private final ServerName name;
    private final Successor successor;
    private final long acceptedNanos;
    private final long begunMillis;
    private State state = State.SILENT;

    Handshake(
            Connection connection,
            TlsTransport transport,
            Encryption encryption,
            Deadlines deadlines,
            ServerName name,
            Successor successor) {
        this.connection = connection;
        this.transport = transport;
        this.encryption = encryption;
        this.deadlines = deadlines;
        this.name = name;
        this.successor = successor;
        this.acceptedNanos = connection.loop().nowNanos();
        this.begunMillis = encryption.timeOfDay();
    }

    @Override
    public void received(ByteBuffer in) {
        switch (state) {
            case SILENT -> begin(in);
            case SECURED -> connection.receive(in); // it came together with the end of the handshake
            default -> {}
        }
    }

    private void begin(ByteBuffer in) {
        byte first = in.get(in.position());
        if (first == RECORD) {
            shakeHands(in);
        } else if (first >= 'A' && first <= 'Z' || first >= 'a' && first <= 'z' || first == '\r' || first == '\n') {
            refuse();
        } else {
            end("what comes is no handshake");
        }
    }

    private void shakeHands(ByteBuffer in) {
        try {
            transport.keep(in); // first: whoever leaves is read once more, by the same buffer
            if (!reserve(SHAKING_BYTES)) {
                return;
            }
            state = State.BEGUN;
            transport.secure(encryption.engine(), this);
        } catch (SSLException e) {
            end(String.valueOf(e.getMessage()));
        }
    }

    /** False if there is no memory; then the connection has ended. */
    private boolean reserve(int bytes) {
        if (transport.reserve(bytes, this)) {
            return true;
        }
        end("there is no memory for another encrypted connection");
        return false;
    }

    private void end(String reason) {
        LOG.log(Level.DEBUG, () -> "no handshake with " + connection.peer().remoteAddress() + ": " + reason);
        state = State.FAILED;
        connection.close();
    }

    /** A browser to which somebody has given http:// in place of https://, most likely. */
    private void refuse() {
        state = State.FAILED;
        Rejection rejection = Rejection.of(Rule.NOT_ENCRYPTED);
        byte[] body = ErrorAnswer.body(rejection.rule().status(), rejection.text(), name);
        byte[] head = Http1Writer.to(rejection)
                .errorHead(
                        rejection.rule().status(),
                        body.length,
                        connection.loop().resources().dateField(),
                        name.serverField(),
                        NO_ID);
        connection.outbox().write(head);
        connection.outbox().write(body);
        connection.endBy(Phase.PARTING);
    }

    @Override
    public boolean makeRoom() {
        return successor.makeRoom();
    }

    @Override
    public void secured(SSLEngine engine) {
        Agreement agreement = encryption.agreement(engine, begunMillis);
        String fault = encryption.faultOf(agreement);
        if (!fault.isEmpty()) {
            end(fault);
            return;
        }
        Peer client = connection.peer().over(encryption.facts(agreement));
        if (client.factsLength() > MOST_FACTS) {
            end("of its certificate applications would be told " + client.factsLength() + " bytes, limit "
                    + MOST_FACTS);
            return;
        }
        int more = Math.max(0, client.factsHeldBytes() - USUAL_FACTS);
        if (!reserve(encryption.memoryOf(agreement) + more)) {
            return;
        }
        state = State.SECURED;
        String protocol = engine.getApplicationProtocol();
        successor.secured(connection, client, protocol == null ? "" : protocol);
    }

    /** Scanners of ports and clients that do not trust us are no matter for an operator. */
    @Override
    public void failed(SSLException reason) {
        state = State.FAILED;
        LOG.log(
                Level.DEBUG,
                () -> "no handshake with " + connection.peer().remoteAddress() + ": " + reason.getMessage());
        connection.endBy(Phase.PARTING);
    }

    @Override
    public void enforceDeadlines(long nowNanos) {
        if (!deadlines.isBrokenByHandshake(nowNanos - acceptedNanos)) {
            return;
        }
        connection.move();
        if (connection.isHandledBy(this)) {
            end("it did not end within tls_handshake_timeout");
        }
    }
}
