package dev.waitress.http2;

/** What the server says of itself, as the first that it sends. RFC 9113 §6.5.2, RFC 9218 §2.1. */
public final class ServerSettings {
    /** How much a client may send of one stream before it is told to go on. */
    public static final int STREAM_WINDOW = 256 * 1024;

    /** The same of all its streams together. */
    public static final int CONNECTION_WINDOW = 1024 * 1024;

    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int MAX_HEADER_LIST_SIZE = 6;
    private static final int NO_RFC7540_PRIORITIES = 9;

    private ServerSettings() {}

    /** The frames. */
    public static byte[][] frames(int mostStreams, int mostHeadBytes) {
        return new byte[][] {
            FrameWriter.settings(
                    MAX_CONCURRENT_STREAMS, mostStreams,
                    INITIAL_WINDOW_SIZE, STREAM_WINDOW,
                    MAX_HEADER_LIST_SIZE, mostHeadBytes,
                    NO_RFC7540_PRIORITIES, 1),
            FrameWriter.windowUpdate(0, CONNECTION_WINDOW - Window.INITIAL)
        };
    }
}
