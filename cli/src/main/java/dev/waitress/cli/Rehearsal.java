package dev.waitress.cli;

import dev.waitress.platform.Processes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Runs the command for as long as one request takes. A JVM that keeps the classes that it has loaded for that starts
 * the server faster afterwards.
 */
public final class Rehearsal {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    /** Between attempts to connect, for the server has to come up first. */
    private static final long PAUSE_NANOS = 10_000_000;

    /** What has not been answered by then never is. */
    private static final int PATIENCE_MILLIS = 20_000;

    private Rehearsal() {}

    /** Serves what the command would, at a free port of loopback. */
    public static void main(String[] arguments) throws IOException {
        int port = freePort();
        Thread client = new Thread(() -> ask(port), "waitress-rehearsal");
        client.setDaemon(true);
        client.start();
        Main.main(Stream.concat(Stream.of("--listen=127.0.0.1:" + port), Stream.of(arguments))
                .toArray(String[]::new));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void ask(int port) {
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (!isAnswered(port) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        end();
    }

    /** As an operator does; an end of Java's own would leave out what belongs to an orderly one. */
    private static void end() {
        try {
            Processes.start(new ProcessBuilder(
                    "kill", String.valueOf(ProcessHandle.current().pid())));
        } catch (IOException e) {
            System.exit(1);
        }
    }

    private static boolean isAnswered(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().readAllBytes().length > 0;
        } catch (IOException e) {
            return false;
        }
    }
}
