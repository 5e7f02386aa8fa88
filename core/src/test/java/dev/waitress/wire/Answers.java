package dev.waitress.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answers on one connection, read strictly. */
final class Answers {
    /** One of them; its head without the last empty line. */
    record Answer(List<String> head, String body) {
        int status() {
            return Integer.parseInt(head.get(0).substring(9, 12));
        }

        int minorVersion() {
            return head.get(0).charAt(7) - '0';
        }

        boolean closes() {
            return head.contains("Connection: close");
        }
    }

    private static final String CONTENT_LENGTH = "Content-Length: ";

    private final InputStream in;

    Answers(InputStream in) {
        this.in = new BufferedInputStream(in);
    }

    /** The next one, or null if the server has closed the connection instead. */
    @Nullable
    Answer next(boolean toHead) throws IOException {
        List<String> head = head();
        if (head.isEmpty()) {
            return null;
        }
        int length = head.stream()
                .filter(line -> line.startsWith(CONTENT_LENGTH))
                .mapToInt(line -> Integer.parseInt(line.substring(CONTENT_LENGTH.length())))
                .findFirst()
                .orElse(0);
        byte[] body = in.readNBytes(toHead ? 0 : length);
        if (body.length < length && !toHead) {
            throw new EOFException("a body was cut after " + body.length + " of " + length + " bytes");
        }
        return new Answer(head, new String(body, ISO_8859_1));
    }

    private List<String> head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int octet = read();
            if (octet < 0 && head.size() == 0) {
                return List.of();
            } else if (octet < 0) {
                throw new EOFException("a head was cut: " + head.toString(ISO_8859_1));
            }
            head.write(octet);
        }
        return Arrays.asList(head.toString(ISO_8859_1).split("\r\n"));
    }

    private int read() throws IOException {
        try {
            return in.read();
        } catch (SocketException e) {
            return -1; // reset, because we sent on to a server that had said that it closes
        }
    }
}
