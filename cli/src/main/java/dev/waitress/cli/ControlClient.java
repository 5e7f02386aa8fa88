package dev.waitress.cli;

import dev.waitress.control.ControlGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a running server over its control socket: one request of HTTP, one answer, and the connection is closed. */
final class ControlClient {
    private static final int MOST_BYTES = 64 * 1024 * 1024;
    private static final int BLOCK_BYTES = 16 * 1024;

    private static final String END_OF_LINE = "\r\n";
    private static final String END_OF_HEAD = END_OF_LINE + END_OF_LINE;

    private static final String CONTENT_LENGTH = "Content-Length";

    /** Behind the version and a space. */
    private static final int STATUS = "HTTP/1.1 ".length();

    private static final int STATUS_DIGITS = 3;

    private final Path socket;

    ControlClient(Path socket) {
        this.socket = socket;
    }

    /**
     * What the server has answered.
     *
     * @param status of HTTP
     */
    record Answer(int status, String body) {}

    /**
     * Asks.
     *
     * @param seconds that the server has to answer
     * @throws IOException saying what is wrong, for the user
     */
    Answer ask(String method, String path, long seconds) throws IOException, InterruptedException {
        if (Files.notExists(socket)) { // else it exists, or nobody lets us look
            throw new IOException("no server has its control socket at " + socket);
        }
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Thread thread = new Thread(() -> exchange(method + " " + path + " HTTP/1.0" + END_OF_HEAD, answer));
        thread.setDaemon(true); // a server that hangs must not keep us
        thread.start();
        try {
            return parse(answer.get(seconds, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            throw new IOException("the server at " + socket + " does not answer", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw explained(String.valueOf(cause.getMessage()), e);
        }
    }

    private IOException explained(String message, Exception cause) {
        String reason = message;
        if (message.startsWith("Connection refused")) {
            reason = "the server that had it is gone";
        } else if (message.startsWith("Permission denied")) {
            reason = "it is for the server's own user";
        }
        return new IOException(socket + ": " + reason, cause);
    }

    private void exchange(String request, CompletableFuture<byte[]> answer) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            answer.complete(read(channel));
        } catch (UnsupportedOperationException e) {
            answer.completeExceptionally(new IOException("this platform has no Unix sockets", e));
        } catch (IOException | RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private static byte[] read(SocketChannel channel) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        while (all.size() < MOST_BYTES && channel.read(block) >= 0) {
            all.write(block.array(), 0, block.position());
            block.clear();
        }
        return all.toByteArray();
    }

    private Answer parse(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.ISO_8859_1); // a character for each byte
        int end = text.indexOf(END_OF_HEAD);
        if (end < 0) {
            throw cutShort();
        }
        String head = text.substring(0, end + END_OF_LINE.length());
        if (end < STATUS + STATUS_DIGITS || field(head, ControlGateway.MARK).isEmpty()) {
            throw new IOException(socket + ": what listens there is not the control socket of a server");
        }
        int start = end + END_OF_HEAD.length();
        if (bytes.length - start < Integer.parseInt(field(head, CONTENT_LENGTH))) {
            throw cutShort();
        }
        int status = Integer.parseInt(head.substring(STATUS, STATUS + STATUS_DIGITS));
        return new Answer(status, new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8));
    }

    /** Nothing where there is no such field. */
    private static String field(String head, String name) {
        String begin = END_OF_LINE + name + ": ";
        int at = head.indexOf(begin);
        return at < 0 ? "" : head.substring(at + begin.length(), head.indexOf(END_OF_LINE, at + begin.length()));
    }

    private static IOException cutShort() {
        return new IOException("the server has closed the connection; the end of it is near, or its log says more");
    }
}
