package dev.waitress.connection;

import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestId;
import dev.waitress.exchange.Response;
import dev.waitress.http.Rejection;
import dev.waitress.http.RequestHead;
import dev.waitress.http.Rule;
import dev.waitress.http2.Allowance;
import dev.waitress.http2.ErrorCode;
import dev.waitress.http2.Fault;
import dev.waitress.http2.FrameWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** What becomes of the requests of one connection: they are answered, refused, or reset. Event loop only. */
final class Http2Requests implements Http2Sink.Owner, Http2Output.Owner {
    private static final Logger LOG = System.getLogger("waitress");

    /** Streams that may be reset before their answer, but for those that answered ones make up for. */
    private static final int MOST_RESETS = 200;

    /** An answer makes up for so many frames that ask for nothing. */
    private static final int WORTH_OF_ANSWER = 10;

    private final Connection connection;
    private final Http2Means means;
    private final Exchanges exchanges;
    private final Http2Streams streams;
    private final Allowance allowance;
    private final Allowance resets = new Allowance(MOST_RESETS);
    private final Runnable whenEmpty;
    private final boolean peerIsTrusted;

    private final Http2Output output;
    private final Http2Heads heads;
    private boolean served;

    /**
     * None yet.
     *
     * @param whenEmpty what to do when a stream has ended, and no other lives
     */
    Http2Requests(
            Connection connection,
            Http2Means means,
            Exchanges exchanges,
            Http2Streams streams,
            Allowance allowance,
            Runnable whenEmpty) {
        this.connection = connection;
        this.means = means;
        this.exchanges = exchanges;
        this.streams = streams;
        this.allowance = allowance;
        this.whenEmpty = whenEmpty;
        this.peerIsTrusted = means.trusts(connection.peer());
        this.heads = new Http2Heads(means.encoder());
        this.output = new Http2Output(connection, means.batch(), allowance, this);
    }

    Http2Output output() {
        return output;
    }

    Http2Heads heads() {
        return heads;
    }

    /** Whether the client speaks for others. */
    boolean peerIsTrusted() {
        return peerIsTrusted;
    }

    boolean haveBeenServed() {
        return served;
    }

    private Http2Sink sink(Http2Stream stream) {
        return new Http2Sink(stream, output, heads, connection, exchanges.name(), this);
    }

    // ---- What they come to -----------------------------------------------------------------------------------------

    /** All of a request has come, or less than it has promised. */
    @Nullable
    Fault complete(Http2Stream stream) {
        Upload upload = stream.upload;
        if (upload == null) {
            return null; // refused before
        }
        if (!upload.isWhole()) {
            return reset(stream, ErrorCode.PROTOCOL_ERROR);
        }
        stream.upload = null;
        stream.isHead = upload.head().isMethod("HEAD");
        submit(
                stream,
                upload.complete(
                        connection.peer(),
                        means.intake().ids(),
                        peerIsTrusted,
                        connection.loop().nowNanos()));
        return null;
    }

    private void submit(Http2Stream stream, Request request) {
        served = true;
        streams.begins(stream);
        Response answer = exchanges.begin(request, sink(stream));
        stream.response = answer;
        if (connection.inbox().hasEnded()) {
            tellOfEnd(answer);
        }
        if (stream.lease.resizeTo(Http2Stream.OWN_BYTES + request.memoryBytes())) {
            exchanges.gateway().submit(request, answer);
        } else {
            request.body().discard();
            answer.refuse(Rule.NO_MEMORY.status(), Rule.NO_MEMORY.text(""));
        }
    }

    /** Refuses a request that is arriving. */
    void refuse(Http2Stream stream, Upload arriving, Rule rule, String detail) {
        RequestHead head = arriving.head();
        refuse(
                stream,
                new Arrival.Refused(
                        Arrival.Refused.rejection(head, rule, detail),
                        Arrival.firstLineOf(head),
                        arriving.begunNanos()));
    }

    /** Answers in the server's name; the connection goes on. */
    void refuse(Http2Stream stream, Arrival.Refused refused) {
        Rejection rejection = refused.rejection();
        LOG.log(
                Level.DEBUG,
                () -> "refused a request from " + connection.peer().remoteAddress() + ": "
                        + rejection.rule().status().code() + " " + rejection.text());
        Upload arriving = stream.upload;
        stream.upload = null;
        if (arriving != null) {
            arriving.discard();
        }
        stream.isHead = rejection.headRequest();
        RequestId id = exchanges.ids().next();
        int bodyBytes = sink(stream).error(rejection.rule().status(), rejection.text(), id);
        exchanges.refused(connection.peer(), refused, bodyBytes, id);
    }

    /** Ends a stream on which the client has done what it must not. RFC 9113 §5.4.2. */
    @Nullable
    Fault reset(Http2Stream stream, ErrorCode code) {
        cut(stream, code);
        return resets.take() ? null : Fault.flood("too many streams that break rules");
    }

    /** The client wants no more of a stream. */
    @Nullable
    Fault cancelled(Http2Stream stream) {
        boolean isAnswered = stream.response != null && !stream.isAtWork && stream.waiting.isEmpty();
        end(stream, false);
        return isAnswered || resets.take() ? null : Fault.flood("too many streams that were reset before their answer");
    }

    private void cut(Http2Stream stream, ErrorCode code) {
        if (stream.isOpen) {
            output.frame(FrameWriter.reset(stream.id, code));
            end(stream, true);
        }
    }

    private void end(Http2Stream stream, boolean isCut) {
        streams.close(stream, isCut);
        if (streams.areEmpty()) {
            whenEmpty.run();
        }
    }

    /** The client has closed its side: of what is arriving nothing more comes. */
    void inputEnded() {
        for (Http2Stream stream : streams.snapshot()) {
            Response running = stream.response;
            if (stream.upload != null) {
                end(stream, true);
            } else if (running != null) {
                tellOfEnd(running);
            }
        }
    }

    /** With a lookahead the application is told, as in HTTP/1. */
    private void tellOfEnd(Response running) {
        if (exchanges.lookahead() > 0) {
            running.clientClosed();
        }
    }

    /** Ends streams on which nothing moves: bodies that come too slowly, and answers that nobody takes. */
    void enforceDeadlines(long nowNanos, long received, Deadlines deadlines) {
        for (Http2Stream stream : streams.snapshot()) {
            Upload arriving = stream.upload;
            Rule broken = arriving == null ? null : arriving.ruleBroken(nowNanos, received, deadlines);
            if (arriving != null && broken != null) {
                refuse(stream, arriving, broken, "");
            } else if (!stream.waiting.isEmpty() && nowNanos - stream.movedNanos > means.stallNanos()) {
                cut(stream, ErrorCode.CANCEL);
            }
        }
    }

    // ---- Answers ---------------------------------------------------------------------------------------------------

    @Override
    public void answered(Http2Stream stream) {
        if (stream.isAtWork) { // a refusal is worth nothing
            allowance.giveBack(WORTH_OF_ANSWER);
            resets.giveBack(1);
        }
        streams.ends(stream);
        stream.answered();
    }

    @Override
    public void released() {
        streams.released();
    }

    @Override
    public void cut(Http2Stream stream) {
        streams.ends(stream);
        cut(stream, ErrorCode.INTERNAL_ERROR);
    }

    @Override
    public void failed(Http2Stream stream) {
        cut(stream, ErrorCode.INTERNAL_ERROR);
    }

    @Override
    public void sent(Http2Stream stream) {
        if (stream.isAtWork) {
            return; // the last bytes have left in the very call that brought them: its end follows
        }
        if (stream.response != null) {
            stream.response.left();
        }
        if (stream.isReceiving) {
            // RFC 9113 §8.1: the answer does not depend on what is still to come.
            cut(stream, ErrorCode.NO_ERROR);
        } else {
            end(stream, false);
        }
    }
}
