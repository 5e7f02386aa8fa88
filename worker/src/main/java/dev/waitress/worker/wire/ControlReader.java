package dev.waitress.worker.wire;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a worker says on its control socket. Event loop only. */
public final class ControlReader implements FrameListener {
    /** Who is told. */
    public interface Listener {
        /** The application is loaded. */
        void ready();

        /** The application cannot be loaded. */
        void failed(String message, String traceback, int exitStatus);

        /** Its logging is meant for our records too, from this level of Python's on. */
        void ownsLogging(int level);

        /** These requests it has not begun, and will not answer. */
        void recalled(int[] ids);

        /** It has read these files, all of them after this time. */
        void imported(Instant since, List<Path> files);

        /** The application asks for the end of the server. */
        void stopAsked();

        /** The socket ended or broke, or what came on it made no sense. */
        void lost(@Nullable Throwable failure);
    }

    private final Listener listener;
    private final MarshalReader reader = new MarshalReader();

    /** Tells a listener. */
    public ControlReader(Listener listener) {
        this.listener = listener;
    }

    @Override
    public int frame(byte[] bytes, int start, int end) {
        reader.reset(bytes, start, end);
        reader.sequence();
        int kind = reader.integer();
        switch (kind) {
            case Protocol.READY -> listener.ready();
            case Protocol.FAILED -> listener.failed(reader.text(), reader.text(), reader.integer());
            case Protocol.LOGGING -> listener.ownsLogging(reader.integer());
            case Protocol.RECALLED -> listener.recalled(ids());
            case Protocol.IMPORTED -> listener.imported(Instant.ofEpochMilli(reader.longInteger()), paths());
            case Protocol.STOP -> listener.stopAsked();
            default -> throw new IllegalArgumentException("a control message of kind " + kind);
        }
        return 0;
    }

    private int[] ids() {
        int[] ids = new int[reader.sequence()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = reader.integer();
        }
        return ids;
    }

    private List<Path> paths() {
        List<Path> paths = new ArrayList<>();
        for (int left = reader.sequence(); left > 0; left--) {
            paths.add(Path.of(reader.text()));
        }
        return paths;
    }

    @Override
    public void raw(byte[] bytes, int start, int count) {
        throw new IllegalArgumentException("no raw bytes belong on the control socket");
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        listener.lost(failure);
    }
}
