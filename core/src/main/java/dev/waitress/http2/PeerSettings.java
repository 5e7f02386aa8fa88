package dev.waitress.http2;

import org.jspecify.annotations.Nullable;

/** What a client says of itself, as far as it matters to us. RFC 9113 §6.5.2. One thread at a time. */
public final class PeerSettings {
    private static final int HEADER_TABLE_SIZE = 1;
    private static final int ENABLE_PUSH = 2;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int MAX_FRAME_SIZE = 5;
    private static final int NO_RFC7540_PRIORITIES = 9;

    private static final int MOST_FRAME_BYTES = (1 << 24) - 1;

    /** What both sides begin with. RFC 9113 §6.5.2. */
    private static final int FIRST_TABLE_BYTES = 4096;

    private int initialWindow = Window.INITIAL;
    private boolean tableShrinks;

    /** The window of a stream at its start. */
    public int initialWindow() {
        return initialWindow;
    }

    /**
     * Whether the client remembers less than at first, and is yet to be told that we know: in the next block. RFC 7541
     * §4.2. True once for each time that it says so.
     */
    public boolean takeTableUpdate() {
        boolean taken = tableShrinks;
        tableShrinks = false;
        return taken;
    }

    /**
     * Takes in a setting; what it breaks, if anything. Those that we do not know, or never make use of, are ignored.
     */
    public @Nullable Fault apply(int id, long value) {
        switch (id) {
            case HEADER_TABLE_SIZE -> {
                tableShrinks |= value < FIRST_TABLE_BYTES;
                return null;
            }
            case ENABLE_PUSH, NO_RFC7540_PRIORITIES -> {
                return value > 1 ? Fault.protocol("a setting that is neither 0 nor 1") : null;
            }
            case MAX_FRAME_SIZE -> {
                return value < FrameType.MOST_PAYLOAD || value > MOST_FRAME_BYTES
                        ? Fault.protocol("a largest frame of " + value + " bytes")
                        : null;
            }
            case INITIAL_WINDOW_SIZE -> {
                if (value > Integer.MAX_VALUE) {
                    return new Fault(ErrorCode.FLOW_CONTROL_ERROR, "an initial window of " + value + " bytes");
                }
                initialWindow = (int) value;
                return null;
            }
            default -> {
                return null;
            }
        }
    }
}
