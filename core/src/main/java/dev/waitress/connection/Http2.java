package dev.waitress.connection;

import dev.waitress.buffer.Lease;
import dev.waitress.http2.Allowance;
import dev.waitress.http2.ErrorCode;
import dev.waitress.http2.Fault;
import dev.waitress.http2.FrameReader;
import dev.waitress.http2.FrameWriter;
import dev.waitress.http2.ServerSettings;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * HTTP/2 on one connection, from its preface on: many requests at a time, and how it ends. Event loop only.
 *
 * <pre>
 *           sent away                its answer to our ping, or a second
 *   STAYS ────────────► ANNOUNCED ──────────────────────────────────────► LEAVES ──► closed when no stream lives
 *     └────────────────────────────────────────────────────────────────────┘
 *           the client says that it opens no more streams
 * </pre>
 */
final class Http2 implements ProtocolHandler, Http2Intake.Owner {
    private static final Logger LOG = System.getLogger("waitress");

    /** Frames that ask for nothing, but for those that others make up for. */
    private static final int MOST_IDLE_FRAMES = 1000;

    /** What time alone makes up for, twice a second: a client that asks now and then whether we live asks for ever. */
    private static final int GIVEN_BACK_BY_TIME = 5;

    /** What a connection takes of the heap that has nothing to do: 2.5 KB were measured. */
    private static final int OWN_BYTES = 3 * 1024;

    private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final byte[] FAREWELL = new byte[8];

    private enum Farewell {
        STAYS,
        /** The client was told to open no more streams; some may be on their way. */
        ANNOUNCED,
        /** It was told which ones are served. */
        LEAVES
    }

    private final Connection connection;
    private final Http2Means means;
    private final Deadlines deadlines;
    private final Allowance allowance = new Allowance(MOST_IDLE_FRAMES);
    private final Http2Streams streams;
    private final Http2Requests requests;
    private final Http2Output output;
    private final Http2Intake intake;
    private final FrameReader reader;

    /** For what has come of a head, and what the client has had remembered. */
    private final Lease lease;

    private Farewell farewell = Farewell.STAYS;
    private long announcedNanos;

    /** What was arriving when it was last looked at, and since when. */
    private long unit;

    private long unitNanos;

    Http2(Connection connection, Http2Means means, Exchanges exchanges, Deadlines deadlines) {
        this.connection = connection;
        this.means = means;
        this.deadlines = deadlines;
        this.streams = new Http2Streams(means.mostStreams());
        this.requests = new Http2Requests(connection, means, exchanges, streams, allowance, this::closeIfOver);
        this.output = requests.output();
        this.intake = new Http2Intake(connection, means, streams, requests, allowance, this);
        this.reader = new FrameReader(intake, allowance, means.limits().maxHeadBytes());
        this.lease = means.lease();
        for (byte[] frame :
                ServerSettings.frames(means.mostStreams(), means.limits().maxHeadBytes())) {
            output.frame(frame);
        }
    }

    @Override
    public void received(ByteBuffer in) {
        if (!connection.isOpen()) {
            return;
        }
        Fault fault = reader.read(in);
        noteUnit(connection.loop().nowNanos());
        if (fault != null) {
            end(fault);
        } else if (!lease.resizeTo(OWN_BYTES + reader.heldBytes() + intake.heldBytes())) {
            end(new Fault(ErrorCode.INTERNAL_ERROR, "the server is short of memory"));
        } else {
            output.fill();
        }
    }

    private void noteUnit(long nowNanos) {
        if (reader.unit() != unit) {
            unit = reader.unit();
            unitNanos = nowNanos;
        }
    }

    /** The client has broken a rule that costs the connection. RFC 9113 §5.4.1. */
    private void end(Fault fault) {
        String address = connection.peer().remoteAddress();
        if (fault.code() == ErrorCode.ENHANCE_YOUR_CALM) {
            means.floods().report(address, fault.reason(), connection.loop().nowNanos());
        } else {
            LOG.log(
                    Level.DEBUG,
                    () -> "ended a connection of HTTP/2 from " + address + ": " + fault.code() + ", " + fault.reason());
        }
        farewell = Farewell.LEAVES;
        output.frame(FrameWriter.goAway(streams.ids().last(), fault.code(), fault.reason()));
        connection.endBy(Phase.PARTING);
        streams.closeAll();
    }

    // ---- Leaving ---------------------------------------------------------------------------------------------------

    /**
     * What the client has sent already is served: it is told first that an end comes, and which stream is the last one
     * only when it must have heard of that. RFC 9113 §6.8.
     */
    @Override
    public void sendAway() {
        if (farewell == Farewell.STAYS && connection.isOpen()) {
            farewell = Farewell.ANNOUNCED;
            announcedNanos = connection.loop().nowNanos();
            output.frame(FrameWriter.goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR, ""));
            output.frame(FrameWriter.ping(false, FAREWELL, 0));
            connection.flush(); // before the next client is told: what waits for its socket takes memory
        }
    }

    @Override
    public void pingAnswered() {
        if (farewell == Farewell.ANNOUNCED) {
            output.frame(FrameWriter.goAway(streams.ids().last(), ErrorCode.NO_ERROR, ""));
            clientLeaves();
        }
    }

    @Override
    public void clientLeaves() {
        farewell = Farewell.LEAVES;
        intake.takeNoMore();
        closeIfOver();
    }

    private void closeIfOver() {
        if (farewell == Farewell.LEAVES && streams.areEmpty()) {
            connection.endBy(Phase.PARTING);
        }
    }

    @Override
    public void leave() {
        output.frame(FrameWriter.goAway(streams.ids().last(), ErrorCode.NO_ERROR, ""));
    }

    // ---- Time ------------------------------------------------------------------------------------------------------

    @Override
    public void enforceDeadlines(long nowNanos) {
        if (!connection.isOpen()) {
            return;
        }
        allowance.giveBack(GIVEN_BACK_BY_TIME);
        if (isUnitLate(nowNanos)) {
            connection.move();
            if (connection.isOpen() && isUnitLate(nowNanos)) {
                end(Fault.flood("a frame or a field block that did not arrive in time"));
                return;
            }
        }
        requests.enforceDeadlines(nowNanos, intake.bodies().received(), deadlines);
        if (connection.sendsAway()) {
            sendAway();
        }
        if (farewell == Farewell.ANNOUNCED && nowNanos - announcedNanos > FAREWELL_NANOS) {
            pingAnswered();
        }
    }

    private boolean isUnitLate(long nowNanos) {
        return unit != 0 && deadlines.brokenByHead(nowNanos - unitNanos) != null;
    }

    // ---- In the eyes of the connection -----------------------------------------------------------------------------

    @Override
    public boolean expectsMore() {
        return connection.isOpen() && intake.bodies().isInside();
    }

    @Override
    public void inputEnded() {
        requests.inputEnded();
    }

    @Override
    public void outputTaken(long waiting) {
        if (connection.isOpen()) {
            output.fill();
            output.settle();
        }
    }

    @Override
    public void outputSent() {
        if (!streams.areEmpty()) {
            return;
        }
        if (connection.inbox().hasEnded()) {
            connection.close();
        } else {
            connection.becomeIdle();
        }
    }

    @Override
    public boolean awaitsApplication() {
        // What waits in streams is of no account once the connection ends.
        return connection.isOpen() && (streams.areAtWork() || output.hasMore());
    }

    @Override
    public boolean isIdle() {
        return farewell == Farewell.STAYS && !hasRequests();
    }

    @Override
    public boolean hasRequests() {
        return !streams.areEmpty() || reader.unit() != 0;
    }

    @Override
    public Language language() {
        return Language.HTTP_2;
    }

    @Override
    public boolean hasServed() {
        return requests.haveBeenServed();
    }

    @Override
    public void ended() {
        lease.close();
        streams.closeAll();
    }
}
