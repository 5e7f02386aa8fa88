package dev.waitress.worker;

import dev.waitress.worker.wire.MarshalWriter;
import dev.waitress.worker.wire.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * What one worker is told on its control socket; {@link ControlReader} is what it says. Before the socket is there, and
 * when the worker is gone, nothing is sent. Event loop only.
 */
final class ControlWriter {
    /** Messages that it has not read when log records are kept from it. */
    private static final int MOST_UNREAD = 1000;

    private final MarshalWriter message = new MarshalWriter(64);
    private @Nullable FrameSocket socket;
    private boolean isQuitting;

    void sendOn(FrameSocket control) {
        socket = control;
    }

    /** Another of its threads is to go on with its requests. */
    void takeover() {
        tell(Protocol.TAKEOVER);
    }

    /** It is to give back the requests that it has not begun. */
    void recall() {
        tell(Protocol.RECALL);
    }

    /** So many bytes of a response have left for the client. */
    void credit(int id, int bytes) {
        tell(Protocol.CREDIT, id, bytes);
    }

    /** The client of a request is gone. */
    void clientGone(int id) {
        tell(Protocol.GONE, id);
    }

    /** The client of a request has closed its side, and still gets the response. */
    void clientClosed(int id) {
        tell(Protocol.CLOSED, id);
    }

    /** The file of a response was sent, and may be closed. */
    void fileSent(int id) {
        tell(Protocol.SENT, id);
    }

    void quit() {
        tell(Protocol.QUIT);
        isQuitting = true;
    }

    /** Hands it a log record; false if it cannot take it. */
    boolean log(LogLine line) {
        if (socket == null || isQuitting || socket.backlog() > MOST_UNREAD) {
            return false;
        }
        message.clear();
        message.tuple(5);
        message.integer(Protocol.RECORD);
        line.write(message);
        socket.sendFrame(message);
        return true;
    }

    private void tell(int... numbers) {
        if (socket == null) {
            return;
        }
        message.clear();
        message.tuple(numbers.length);
        for (int number : numbers) {
            message.integer(number);
        }
        socket.sendFrame(message);
    }

    /** The worker is gone. */
    void end() {
        socket = null;
    }
}
