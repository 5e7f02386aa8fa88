package dev.waitress.worker.wire;

import org.jspecify.annotations.Nullable;

/** Reads what a process that forks workers says on its socket. Event loop only. */
public final class ZygoteReader implements FrameListener {
    /** Who is told of it. */
    public interface Listener {
        /** The application is loaded: it can fork. */
        void ready();

        /** The application cannot be loaded. */
        void failed(String message, String traceback, int exitStatus);

        /** The worker of this number has its process. */
        void forked(int worker, long pid);

        /** That has ended, or could not be forked; a status as that of a process that is ours. */
        void exited(int worker, int status);

        /** The socket ended or broke, or what came on it made no sense. */
        void lost(@Nullable Throwable failure);
    }

    private final Listener listener;
    private final MarshalReader reader = new MarshalReader();

    public ZygoteReader(Listener listener) {
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
            case Protocol.FORKED -> listener.forked(reader.integer(), reader.integer());
            case Protocol.EXITED -> listener.exited(reader.integer(), reader.integer());
            default -> throw new IllegalArgumentException("a message of kind " + kind + " of a zygote");
        }
        return 0;
    }

    @Override
    public void raw(byte[] bytes, int start, int count) {
        throw new IllegalArgumentException("no raw bytes belong on the socket of a zygote");
    }

    @Override
    public void closed(@Nullable Throwable failure) {
        listener.lost(failure);
    }
}
