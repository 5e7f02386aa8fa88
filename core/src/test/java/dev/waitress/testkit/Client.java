package dev.waitress.testkit;

import dev.waitress.Server;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** An HTTP client that does no more than it is told, and shows what is on the wire. */
public final class Client implements AutoCloseable {
    private static final int MILLIS = 30_000;

    /** What a server sent. */
    public record Answer(String head, String body) {
        public int status() {
            return Integer.parseInt(head.substring(9, 12));
        }
    }

    private final Socket socket;
    private final InputStream in;

    /** Connects to the first address of a server. */
    public Client(Server server) throws IOException {
        this(((InetSocketAddress) server.addresses().get(0)).getPort());
    }

    public Client(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** One GET on a connection of its own. */
    public static Answer get(int port, String path) throws IOException {
        try (Client client = new Client(port)) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    .receive();
        }
    }

    public Client send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    public Client ask(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    /** The next answer, read to its end. */
    public Answer receive() throws IOException {
        String head = head();
        String lower = head.toLowerCase(Locale.ROOT);
        if (lower.contains("transfer-encoding: chunked")) {
            StringBuilder body = new StringBuilder();
            for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
                body.append(chunk);
            }
            return new Answer(head, body.toString());
        }
        int at = lower.indexOf("content-length: ");
        int length = at < 0 ? 0 : Integer.parseInt(lower.substring(at + 16, lower.indexOf('\r', at)));
        return new Answer(head, exactly(length));
    }

    /** The head of the next answer. */
    public String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            head.write(octet());
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** The body of the next answer. */
    public String body() throws IOException {
        return receive().body();
    }

    /** The data of the next chunk; empty for the last one. */
    public String chunk() throws IOException {
        String data = exactly(Integer.parseInt(line(), 16));
        line();
        return data;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = octet(); octet != '\n'; octet = octet()) {
            line.append((char) octet);
        }
        return line.toString().strip();
    }

    /** So much of what comes next, which must all come. */
    public String exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("cut after " + bytes.length + " of " + length + " bytes");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private int octet() throws IOException {
        int octet = in.read();
        if (octet < 0) {
            throw new IOException("the connection was closed");
        }
        return octet;
    }

    /** Whether the server has closed the connection, with nothing more before that. */
    public boolean isClosed() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    /** What the server still sends before it closes the connection. */
    public String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
