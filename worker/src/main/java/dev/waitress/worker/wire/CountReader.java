package dev.waitress.worker.wire;

import dev.waitress.meter.Definition;
import dev.waitress.meter.Kind;
import dev.waitress.meter.Part;
import dev.waitress.meter.Spread;
import dev.waitress.meter.WorkerMeter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Reads what a worker's application has counted. Event loop only. */
final class CountReader {
    private static final int CHANGE_BYTES = Integer.BYTES + Double.BYTES;

    private final MarshalReader reader;
    private final WorkerMeter meter;

    /** Reads from where somebody else reads too. */
    CountReader(MarshalReader reader, WorkerMeter meter) {
        this.reader = reader;
        this.meter = meter;
    }

    /**
     * Takes in changes, or skips them.
     *
     * @throws IllegalArgumentException if they are none
     */
    void read(boolean areNew) {
        reader.blob();
        int length = reader.stop() - reader.start();
        if (length % CHANGE_BYTES != 0) {
            throw new IllegalArgumentException("changes of metrics in " + length + " bytes");
        }
        if (areNew) {
            ByteBuffer changes =
                    ByteBuffer.wrap(reader.bytes(), reader.start(), length).order(ByteOrder.LITTLE_ENDIAN);
            while (changes.hasRemaining()) {
                meter.change(changes.getInt(), changes.getDouble());
            }
        }
    }

    /**
     * Takes in what values are, the first of which has this number.
     *
     * @throws IllegalArgumentException if one is none
     */
    void readDefinitions(int first) {
        int count = reader.sequence();
        for (int i = 0; i < count; i++) {
            reader.sequence();
            meter.define(first + i, readDefinition());
        }
    }

    /** The worker has ended. */
    void end() {
        meter.end();
    }

    private Definition readDefinition() {
        return new Definition(
                one(Kind.values()),
                reader.text(),
                reader.text(),
                one(Spread.values()),
                one(Part.values()),
                reader.text(),
                texts());
    }

    private <T> T one(T[] constants) {
        int place = reader.integer();
        if (place < 0 || place >= constants.length) {
            throw new IllegalArgumentException("a metric with " + place + " for one of " + constants.length);
        }
        return constants[place];
    }

    private List<String> texts() {
        int count = reader.sequence();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(reader.text());
        }
        return texts;
    }
}
