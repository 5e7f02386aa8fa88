package dev.waitress.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A client's side of TLS, whose bytes go by hand: what it has to send is text of one byte per character. */
public final class TlsClient {
    private static final int ROOM = 1 << 17;

    private final SSLEngine engine;
    private ByteBuffer received = ByteBuffer.allocate(ROOM).limit(0);
    private boolean ended;

    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** For clients that trust everybody. */
    public static SSLContext trusting() throws GeneralSecurityException {
        return trusting(new KeyManager[0]);
    }

    /** The same for clients that show a certificate. */
    public static SSLContext trusting(KeyManager[] keys) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, new TrustManager[] {new Trusting()}, new SecureRandom());
        return context;
    }

    /** One that trusts everybody, and speaks this version at most. */
    public TlsClient(String version) throws GeneralSecurityException {
        this(trusting(), version);
    }

    /** One that speaks this version at most; it resumes a session of the same context. */
    public TlsClient(SSLContext context, String version) {
        engine = context.createSSLEngine("localhost", 443);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {version});
    }

    /** What it says with this, now that it has got that. */
    public String say(String plain, String got) throws SSLException {
        receive(got);
        return seal(plain);
    }

    /** What has come, opened as far as it is complete. */
    public String open(String got) throws SSLException {
        return receive(got);
    }

    /** Whether the server has said that it ends. */
    public boolean hasSeenTheEnd() {
        return ended;
    }

    /** Goes on with the handshake: what it says. */
    public String shake(String got) throws SSLException {
        if (engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                && engine.getSession().getProtocol().equals("NONE")) {
            engine.beginHandshake();
        }
        add(got);
        StringBuilder said = new StringBuilder();
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_WRAP -> said.append(wrap(ByteBuffer.allocate(0)));
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (engine.unwrap(received, ByteBuffer.allocate(ROOM)).getStatus() != SSLEngineResult.Status.OK) {
                        return said.toString();
                    }
                }
                default -> {
                    return said.toString();
                }
            }
        }
    }

    /** Seals text. */
    public String seal(String plain) throws SSLException {
        ByteBuffer source = ByteBuffer.wrap(plain.getBytes(ISO_8859_1));
        StringBuilder sealed = new StringBuilder();
        while (source.hasRemaining()) {
            sealed.append(wrap(source));
        }
        return sealed.toString();
    }

    /** Says that it ends. */
    public String end() throws SSLException {
        engine.closeOutbound();
        return wrap(ByteBuffer.allocate(0));
    }

    /** Changes its keys, and wants the server to do so too. */
    public String update() throws SSLException {
        engine.beginHandshake();
        return wrap(ByteBuffer.allocate(0));
    }

    /** Begins another handshake. */
    public String renegotiate() throws SSLException {
        return update();
    }

    private String wrap(ByteBuffer source) throws SSLException {
        ByteBuffer out = ByteBuffer.allocate(ROOM);
        engine.wrap(source, out);
        return new String(out.array(), 0, out.position(), ISO_8859_1);
    }

    private void add(String got) {
        received = ByteBuffer.allocate(ROOM)
                .put(received)
                .put(got.getBytes(ISO_8859_1))
                .flip();
    }

    private String receive(String got) throws SSLException {
        add(got);
        ByteBuffer opened = ByteBuffer.allocate(ROOM);
        while (received.hasRemaining()) {
            SSLEngineResult result = engine.unwrap(received, opened);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                ended = true;
                break;
            }
            if (result.getStatus() != SSLEngineResult.Status.OK) {
                break;
            }
        }
        return new String(opened.array(), 0, opened.position(), ISO_8859_1);
    }

    public SSLEngine engine() {
        return engine;
    }
}
