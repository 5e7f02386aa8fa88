package dev.waitress.worker.wire;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a worker says on its control socket. Event loop only. */
public final class ControlReader implements FrameListener {
    /** Who is told of what concerns the worker. */
    public interface Listener {
        /** The application is loaded. */
        void ready();

        /** The application cannot be loaded. */
        void failed(String message, String traceback, int exitStatus);

        /** These requests it has not begun, and will not answer. */
        void recalled(int[] ids);

        /** The socket ended or broke, or what came on it made no sense. */
        void lost(@Nullable Throwable failure);
    }

    /** Who is told what it answers to questions. */
    public interface Answers {
        /** What its threads do now. */
        void stacksTaken(List<ThreadStack> stacks);

        /** It lives. */
        void alive();

        /** There are the threads that a request which takes too long was asked for. */
        void located(int id, String stacks);
    }

    /** Who is told of what concerns the application, whichever worker says so. */
    public interface ApplicationListener {
        /** These files were read, all of them after this time, to load the application or while it runs. */
        void imported(Instant since, List<Path> files);

        /** Its logging is meant for our records too, from this level of Python's on. */
        void ownsLogging(int level);

        /** It wants the server to end. */
        void stopAsked();
    }

    private final Listener listener;
    private final Answers answers;
    private final ApplicationListener application;
    private final MarshalReader reader = new MarshalReader();

    /** Tells each what concerns it. */
    public ControlReader(Listener listener, Answers answers, ApplicationListener application) {
        this.listener = listener;
        this.answers = answers;
        this.application = application;
    }

    @Override
    public int frame(byte[] bytes, int start, int end) {
        reader.reset(bytes, start, end);
        reader.sequence();
        int kind = reader.integer();
        switch (kind) {
            case Protocol.READY -> listener.ready();
            case Protocol.FAILED -> listener.failed(reader.text(), reader.text(), reader.integer());
            case Protocol.LOGGING -> application.ownsLogging(reader.integer());
            case Protocol.STACKS_TAKEN -> answers.stacksTaken(stacks());
            case Protocol.RECALLED -> listener.recalled(ids());
            case Protocol.LOCATED -> answers.located(reader.integer(), reader.text());
            case Protocol.IMPORTED -> application.imported(Instant.ofEpochMilli(reader.longInteger()), paths());
            case Protocol.STOP -> application.stopAsked();
            case Protocol.PONG -> answers.alive();
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

    private List<ThreadStack> stacks() {
        List<ThreadStack> stacks = new ArrayList<>();
        for (int left = reader.sequence(); left > 0; left--) {
            reader.sequence();
            stacks.add(new ThreadStack(reader.text(), reader.integer(), reader.text()));
        }
        return stacks;
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
