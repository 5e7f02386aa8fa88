package dev.waitress;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** An HTTP client that does no more than it is told. */
final class TestClient implements AutoCloseable {
    private static final int MILLIS = 30_000;

    private final Socket socket;
    private final InputStream in;

    TestClient(Server server) throws IOException {
        this(((InetSocketAddress) server.addresses().get(0)).getPort());
    }

    TestClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    TestClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    TestClient ask(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    /** Head of the next answer. */
    String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("closed after: " + head);
            }
            head.write(octet);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** Body of the next answer, whose head states its length. */
    String body() throws IOException {
        String head = head();
        int at = head.indexOf("Content-Length: ") + "Content-Length: ".length();
        byte[] body = in.readNBytes(Integer.parseInt(head.substring(at, head.indexOf('\r', at))));
        return new String(body, StandardCharsets.ISO_8859_1);
    }

    String exactly(int count) throws IOException {
        return new String(in.readNBytes(count), StandardCharsets.ISO_8859_1);
    }

    /** Whether the server has closed the connection, with nothing more before that. */
    boolean isClosed() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
