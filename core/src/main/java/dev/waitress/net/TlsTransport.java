package dev.waitress.net;

import dev.waitress.buffer.Lease;
import dev.waitress.buffer.MemoryBudget;
import dev.waitress.loop.LoopResources;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is encrypted from the moment on when its handler says so. Event loop only.
 *
 * <pre>
 *   CLEAR ──secure──► SHAKING ──► SECURE ──► PARTED ──► CLOSED
 *     └─────────────────────── on failure ──────┘
 * </pre>
 *
 * Before and after, bytes pass as they are: those of a PROXY protocol preface, a word to a client that does not
 * encrypt, and what is read away at the end. The handshake has no deadline here; its handler has.
 */
public final class TlsTransport implements Transport {
    private static final Logger LOG = System.getLogger("waitress");

    /** Is told how the handshake ends. */
    public interface Handler {
        /** Has somebody leave who is idle; false if there is nobody. */
        boolean makeRoom();

        /** What is sent and read from now on is encrypted. */
        void secured(SSLEngine engine);

        /** It never will be. The client has been told why, as far as the protocol has it. */
        void failed(SSLException reason);
    }

    private enum State {
        CLEAR,
        SHAKING,
        SECURE,
        PARTED,
        CLOSED
    }

    private final Transport wire;
    private final TlsMeans means;
    private final LoopResources resources;
    private final Lease lease;
    private final SealedInput input;
    private final SealedOutput output;
    private State state = State.CLEAR;
    private @Nullable Watcher watcher;
    private @Nullable Secured secured;
    private int reservedBytes;
    private boolean computes;
    private boolean inputFilled;
    private boolean outputWanted;
    private boolean resets;

    /** What there is once a handshake has begun. */
    private record Secured(RecordLayer records, SealingChannel channel, Handler handler) {}

    public TlsTransport(Transport wire, TlsMeans means) {
        this.wire = wire;
        this.means = means;
        this.resources = means.loop().resources();
        MemoryBudget memory = resources.memory();
        this.lease = new Lease(memory);
        this.input = new SealedInput(wire, new Lease(memory));
        this.output = new SealedOutput(wire, new Lease(memory));
    }

    // ---- Handshake -------------------------------------------------------------------------------------------------

    /** Takes so much memory for the engine from now on; false if there is none even if the idlest leaves. */
    public boolean reserve(int bytes, Handler handler) {
        reservedBytes = bytes;
        return lease.fillTo(bytes) || handler.makeRoom() && lease.fillTo(bytes);
    }

    /**
     * Keeps bytes with which a handshake begins. They lie in a buffer that others may use in a moment.
     *
     * @throws SSLException if there is no memory for them
     */
    public void keep(ByteBuffer behind) throws SSLException {
        input.keep(behind);
    }

    /** Begins the handshake, in the next turn. */
    public void secure(SSLEngine engine, Handler handler) throws SSLException {
        engine.beginHandshake();
        secured = new Secured(
                new RecordLayer(engine, input, output, resources),
                new SealingChannel(engine, output, resources),
                handler);
        state = State.SHAKING;
        means.loop().schedule(0, this::resume);
    }

    private void resume() {
        computes = false;
        if (state == State.SHAKING && watcher != null) {
            wire.watchInput(true);
            watcher.ready(true, false);
        }
    }

    /** Goes on with the handshake; -1 if the client has gone. */
    private int shake(Secured with) throws IOException {
        if (computes) {
            return 0;
        }
        try {
            RecordLayer.Progress progress = with.records.shake();
            if (!holds(reservedBytes + with.records.shakenBytes(), with.handler)) {
                throw new SSLException("there is no memory for what the client sends before all is agreed");
            }
            switch (progress) {
                case ENDED -> {
                    return -1;
                }
                case WAITS -> watchOutput(outputWanted);
                case COMPUTES -> compute(with.records.engine());
                case DONE -> {
                    watchOutput(outputWanted);
                    state = State.SECURE;
                    with.handler.secured(with.records.engine());
                }
            }
        } catch (SSLException e) {
            fail(with, e);
        }
        return 0;
    }

    private boolean holds(int bytes, Handler handler) {
        return lease.resizeTo(bytes) || handler.makeRoom() && lease.resizeTo(bytes);
    }

    private void compute(SSLEngine engine) {
        computes = true;
        wire.watchInput(false);
        means.compute(engine, this::resume);
    }

    private void fail(Secured with, SSLException reason) throws IOException {
        with.records.sayLast();
        watchOutput(outputWanted);
        state = State.PARTED;
        secured = null; // the client may take its time to go: the engine and what it has got need not wait for that
        input.close();
        lease.close();
        with.handler.failed(reason);
    }

    // ---- Receiving -------------------------------------------------------------------------------------------------

    @Override
    public void open(Watcher newWatcher) throws IOException {
        watcher = newWatcher;
        wire.open(newWatcher);
    }

    private boolean isSealed() {
        return state == State.SHAKING || state == State.SECURE;
    }

    @Override
    public ByteBuffer bufferOf(LoopResources loopResources) {
        return isSealed() ? loopResources.records().opened() : wire.bufferOf(loopResources);
    }

    @Override
    public boolean mayHaveMore(ByteBuffer in) {
        return isSealed() ? inputFilled : wire.mayHaveMore(in);
    }

    @Override
    public int read(ByteBuffer in) throws IOException {
        Secured with = secured;
        if (with == null || !isSealed()) {
            return wire.read(in);
        }
        if (state == State.SHAKING) {
            int count = shake(with);
            if (state != State.SECURE) {
                return count;
            }
            in.clear(); // somebody may have left to make room, who was read by the same buffer
        }
        return open(with.records, in);
    }

    private int open(RecordLayer records, ByteBuffer in) throws IOException {
        int count;
        try {
            count = records.open(in);
        } catch (SSLException e) {
            records.sayLast();
            throw e;
        }
        inputFilled = records.hasFilled();
        watchOutput(outputWanted);
        if (count > 0 && records.hasEnded()) {
            tellOfEnd(); // there may be nothing more to read from the system, which would tell
        }
        return count;
    }

    private void tellOfEnd() {
        means.loop().schedule(0, () -> {
            if (state == State.SECURE && wire.isInputWatched() && watcher != null) {
                watcher.ready(true, false);
            }
        });
    }

    @Override
    public void watchInput(boolean wanted) {
        wire.watchInput(wanted);
        if (wanted && state == State.SECURE && secured != null && secured.records.hasEnded()) {
            tellOfEnd();
        }
    }

    @Override
    public boolean isInputWatched() {
        return wire.isInputWatched();
    }

    // ---- Sending ---------------------------------------------------------------------------------------------------

    @Override
    public GatheringByteChannel output() {
        return state == State.SECURE && secured != null ? secured.channel : wire.output();
    }

    @Override
    public long flush() throws IOException {
        return output.flush();
    }

    @Override
    public boolean holdsOutput() {
        return !output.isEmpty();
    }

    @Override
    public void watchOutput(boolean wanted) {
        outputWanted = wanted;
        wire.watchOutput(wanted || !output.isEmpty());
    }

    @Override
    public boolean isFull() {
        return wire.isFull();
    }

    @Override
    public boolean sendsFiles() {
        return state != State.SECURE && wire.sendsFiles();
    }

    @Override
    public void expectLargeBlocks() {
        wire.expectLargeBlocks();
    }

    // ---- Ending ----------------------------------------------------------------------------------------------------

    /** What the client still sends is read away from now on, and not opened. */
    @Override
    public boolean shutDownOutput() {
        sayGoodbye();
        state = State.PARTED;
        return wire.shutDownOutput();
    }

    /** So that the client knows that it has got all; it may be gone, or not listen. RFC 8446 §6.1. */
    private void sayGoodbye() {
        if (state == State.SECURE && secured != null && output.isEmpty()) {
            try {
                secured.channel.close();
                secured.records.sayLast();
            } catch (IOException e) {
                LOG.log(Level.TRACE, "close_notify failed", e);
            }
        }
    }

    @Override
    public void resetOnClose() {
        resets = true;
        wire.resetOnClose();
    }

    @Override
    public void close() throws IOException {
        if (!resets) {
            sayGoodbye();
        }
        state = State.CLOSED;
        input.close();
        output.close();
        lease.close();
        wire.close();
    }
}
