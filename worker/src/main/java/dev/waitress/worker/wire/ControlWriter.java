package dev.waitress.worker.wire;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes what one worker is told on its control socket; {@link ControlReader} reads what it says there. Before the
 * socket is there, and when the worker is dead, nothing is sent. Event loop only.
 */
public final class ControlWriter {
    /** Messages that it has not read when log records are kept from it. */
    private static final int MOST_UNREAD = 1000;

    private final MarshalWriter message = new MarshalWriter(64);
    private @Nullable FrameLink link;

    /** The socket is there. */
    public void sendOn(FrameLink control) {
        link = control;
    }

    /** Whether there is a socket to send on. */
    public boolean isConnected() {
        return link != null;
    }

    /** What it has to know before it can load the application. */
    public void begin(MarshalWriter settings) {
        if (link != null) {
            link.sendFrame(settings);
        }
    }

    /** Another of its threads is to go on with its requests. */
    public void takeover() {
        tell(Protocol.TAKEOVER);
    }

    /** It is to give back the requests that it has not begun. */
    public void recall() {
        tell(Protocol.RECALL);
    }

    /** It is to say what its threads do now, unless it does not read what it was told before. */
    public void askForStacks() {
        if (link != null && link.backlog() <= MOST_UNREAD) {
            tell(Protocol.STACKS);
        }
    }

    /** So many bytes of a response have left for the client. */
    public void credit(int id, int bytes) {
        tell(Protocol.CREDIT, id, bytes);
    }

    /** Nobody reads the response to a request any more. */
    public void clientLeft(int id) {
        tell(Protocol.GONE, id);
    }

    /** The client of a request has closed its side, and still gets the response. */
    public void clientClosed(int id) {
        tell(Protocol.CLOSED, id);
    }

    /** The file of a response was sent, and may be closed. */
    public void fileSent(int id) {
        tell(Protocol.SENT, id);
    }

    /** It is to say that it lives. */
    public void ping() {
        tell(Protocol.PING);
    }

    /** A request takes too long: it is to say where that is, and to stop it. */
    public void overdue(int id, boolean showsAll) {
        tell(Protocol.OVERDUE, id, showsAll ? 1 : 0);
    }

    /** It is to say where a request is, which goes on. */
    public void where(int id) {
        tell(Protocol.WHERE, id);
    }

    /** It forks workers, and is to fork this one, which writes its stacks into a file. */
    public void fork(int worker, String stacks) {
        if (link != null) {
            message.clear();
            message.tuple(3);
            message.integer(Protocol.FORK);
            message.integer(worker);
            message.text(stacks);
            link.sendFrame(message);
        }
    }

    /** It is to finish what runs, then to end. */
    public void quit() {
        tell(Protocol.QUIT);
    }

    /**
     * Hands it a log record.
     *
     * @param record writes level, logger, message and trace
     * @return false if it does not read what it was told before
     */
    public boolean log(Consumer<MarshalWriter> record) {
        if (link == null || link.backlog() > MOST_UNREAD) {
            return false;
        }
        message.clear();
        message.tuple(5);
        message.integer(Protocol.RECORD);
        record.accept(message);
        link.sendFrame(message);
        return true;
    }

    private void tell(int... numbers) {
        if (link == null) {
            return;
        }
        message.clear();
        message.tuple(numbers.length);
        for (int number : numbers) {
            message.integer(number);
        }
        link.sendFrame(message);
    }

    /** The worker is dead. */
    public void end() {
        link = null;
    }
}
