package dev.waitress.worker;

import dev.waitress.worker.wire.MarshalReader;
import dev.waitress.worker.wire.Protocol;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a worker says on its control socket. Event loop only. */
final class ControlReader implements FrameSocket.Listener {
    private final Worker worker;
    private final MarshalReader reader = new MarshalReader();

    ControlReader(Worker worker) {
        this.worker = worker;
    }

    @Override
    public int frame(byte[] bytes, int start, int end) {
        reader.reset(bytes, start, end);
        reader.sequence();
        int kind = reader.integer();
        switch (kind) {
            case Protocol.READY -> worker.ready();
            case Protocol.FAILED -> worker.failed(reader.text(), reader.text(), reader.integer());
            case Protocol.LOGGING -> worker.ownsLogging(reader.integer());
            case Protocol.RECALLED -> worker.recalled(ids());
            case Protocol.IMPORTED -> worker.imported(Instant.ofEpochMilli(reader.longInteger()), paths());
            case Protocol.STOP -> worker.asksForTheEnd();
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
        worker.lost(failure);
    }
}
