package dev.waitress.net;

import dev.waitress.loop.LoopResources;
import dev.waitress.loop.RecordBuffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;

/**
 * Seals output into records: what is gathered in one write, such as a head and its body, shares one. It takes nothing
 * while sealed records wait for the system. Event loop only.
 */
final class SealingChannel implements GatheringByteChannel {
    /** RFC 8446 §5.1. */
    private static final int MOST_PLAIN_BYTES = 16 * 1024;

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final SealedOutput output;
    private final LoopResources resources;
    private final ByteBuffer[] single = new ByteBuffer[1];

    SealingChannel(SSLEngine engine, SealedOutput output, LoopResources resources) {
        this.engine = engine;
        this.output = output;
        this.resources = resources;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        single[0] = source;
        try {
            return (int) write(single, 0, 1);
        } finally {
            single[0] = EMPTY;
        }
    }

    @Override
    public long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        long left = 0;
        for (int i = offset; i < offset + length; i++) {
            left += sources[i].remaining();
        }
        long before = left;
        while (left > 0 && output.isEmpty()) {
            left -= sealSome(sources, offset, length, left);
        }
        return before - left;
    }

    /** As much as may wait if the system takes none of it. */
    private long sealSome(ByteBuffer[] sources, int offset, int length, long left) throws IOException {
        int most = left > MOST_PLAIN_BYTES && output.mayHoldSeveral() ? RecordBuffers.SEALED_BYTES : 1;
        ByteBuffer records = resources.records().sealed();
        long taken = 0;
        do {
            SSLEngineResult result = engine.wrap(sources, offset, length, records);
            if (result.getStatus() != SSLEngineResult.Status.OK) {
                throw new ClosedChannelException();
            }
            taken += result.bytesConsumed();
        } while (taken < left && records.position() + RecordBuffers.RECORD_BYTES <= most);
        output.send(records.flip());
        return taken;
    }

    @Override
    public boolean isOpen() {
        return !engine.isOutboundDone();
    }

    @Override
    public void close() {
        engine.closeOutbound();
    }
}
