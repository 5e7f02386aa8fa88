package dev.waitress.wire;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A client that sends a case, with the follow-up behind it, and says what came of it in the words of a case. */
final class Exchange implements Closeable {
    private static final int LONGEST_WAIT_MILLIS = 20_000;

    private final List<Outcome> expected;
    private final Socket socket;
    private final Answers answers;
    private final List<Outcome> outcomes = new ArrayList<>();
    private boolean closeAnnounced;

    Exchange(List<Outcome> expected, InetSocketAddress server) throws IOException {
        this(expected, new Socket(server.getAddress(), server.getPort()));
    }

    /** Over a socket that may encrypt. */
    Exchange(List<Outcome> expected, Socket socket) throws IOException {
        this.expected = expected;
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(LONGEST_WAIT_MILLIS);
        this.answers = new Answers(socket.getInputStream());
    }

    Exchange send(byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException | SSLException e) {
            // The server has answered and closed before it read all of this; what it answered is still to be read.
            assert !socket.isClosed();
        }
        return this;
    }

    /** Whether the server has told, before anything else, to send the body. */
    boolean isToldToContinue() throws IOException {
        Answers.Answer interim = answers.next(false);
        return interim != null && interim.head().equals(List.of("HTTP/1.1 100 Continue"));
    }

    List<Outcome> outcomes() throws IOException {
        for (int i = 0; i + 1 < expected.size(); i += 2) {
            Outcome head = expected.get(i);
            boolean toHead = head.line().startsWith("head HEAD ");
            Answers.Answer answer = next(toHead, head.details().contains("100-continue"));
            if (answer == null || answer.status() != 200) {
                return ended(answer);
            }
            closeAnnounced |= answer.closes();
            outcomes.addAll(toHead ? expected.subList(i, i + 2) : EchoApplication.read(answer.body()));
        }
        Outcome end = expected.get(expected.size() - 1);
        if (end.equals(Outcome.KEEP)) {
            outcomes.add(closeAnnounced ? Outcome.CLOSE_AFTER : end);
            return outcomes;
        }
        if (end.isIncomplete()) {
            socket.shutdownOutput();
        }
        return ended(next(end.details().contains("no body"), end.details().contains("100-continue")));
    }

    private Answers.@Nullable Answer next(boolean toHead, boolean continueMayCome) throws IOException {
        Answers.Answer answer = answers.next(toHead);
        boolean interim = answer != null && answer.status() == 100;
        return interim && continueMayCome ? answers.next(toHead) : answer;
    }

    private List<Outcome> ended(Answers.@Nullable Answer last) throws IOException {
        if (last == null) {
            outcomes.add(closeAnnounced ? Outcome.CLOSE_AFTER : Outcome.INCOMPLETE);
            return outcomes;
        }
        outcomes.add(rejected(last));
        if (!last.closes() || answers.next(false) != null) {
            outcomes.add(Outcome.KEEP);
        }
        return outcomes;
    }

    private Outcome rejected(Answers.Answer answer) {
        Outcome end = expected.get(expected.size() - 1);
        String line = end.line();
        if (answer.body().isEmpty() && line.startsWith("rejected " + answer.status() + " ")) {
            return new Outcome(line, List.of("version HTTP/1." + answer.minorVersion())); // its text is not seen
        }
        String[] paragraphs = answer.body().split("\r\n\r\n", -1);
        String text = paragraphs.length == 3 ? paragraphs[1] : answer.body();
        return Outcome.rejected(answer.status(), text, answer.minorVersion(), true);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
