package dev.waitress.log;

import dev.waitress.gateway.Refusal;
import dev.waitress.gateway.Request;
import dev.waitress.gateway.RequestObserver;
import dev.waitress.gateway.ResponseObserver;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.ZoneId;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A line for every request. The event loop composes lines into a buffer and hands full buffers to a thread that writes
 * them: a disk that stalls delays no request; when too many buffers wait, lines are dropped and counted.
 *
 * <p>Event loop only, but for {@link #open} and {@link #close}.
 */
public final class AccessLog implements RequestObserver {
    private static final Logger LOG = System.getLogger("waitress");

    private static final int FULL_BYTES = 32 * 1024;
    /** Beyond the point where a buffer is handed over, so that it need not grow for the line that goes past it. */
    private static final int SPARE_BYTES = 8 * 1024;
    /** With {@link #FULL_BYTES}: 8 MiB. */
    private static final int MOST_WAITING = 256;

    private static final long CLOSE_MILLIS = 5000;
    private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AccessFile file;
    private final AccessFormat format;
    private final BackgroundWriter<ByteBuffer> writer;
    private final Line lines;
    private final Line scratch;
    private int lineCount;

    private long dropped;
    private long reportedNanos;

    private AccessLog(AccessFile file, AccessFormat format) {
        this.file = file;
        this.format = format;
        this.lines = new Line(format.json(), FULL_BYTES + SPARE_BYTES);
        this.scratch = new Line(format.json(), SPARE_BYTES);
        this.writer = new BackgroundWriter<>("waitress-access-log", MOST_WAITING, file::write);
    }

    /**
     * The access log that the settings want, if they want one.
     *
     * @throws IOException if the file cannot be opened
     * @throws SettingsException if the format is none
     */
    public static @Nullable AccessLog open(Settings settings) throws IOException {
        String name = settings.get(Setting.ACCESS_LOG);
        if (name.isEmpty()) {
            return null;
        }
        AccessFormat format;
        try {
            format = AccessFormat.parse(settings.get(Setting.ACCESS_LOG_FORMAT), ZoneId.systemDefault());
        } catch (IllegalArgumentException e) {
            throw new SettingsException("access_log_format: " + e.getMessage());
        }
        try {
            return new AccessLog(new AccessFile(name), format);
        } catch (IOException e) {
            throw new IOException("cannot open the access log: " + e, e);
        }
    }

    @Override
    public ResponseObserver accepted(Request request) {
        return new AccessEntry(this, request);
    }

    @Override
    public void refused(Refusal refusal) {
        new AccessEntry(this, refusal).ended(refusal);
    }

    /** An empty line to compose values in, until the next call. */
    Line scratch() {
        scratch.clear();
        return scratch;
    }

    AccessFormat format() {
        return format;
    }

    /** Where the next line is composed; {@link #lineEnded} follows. */
    Line lines() {
        return lines;
    }

    void lineEnded() {
        lineCount++;
        if (lines.length() >= FULL_BYTES) {
            handOver();
        }
    }

    private void handOver() {
        int length = lines.length();
        if (writer.offer(ByteBuffer.wrap(lines.bytes(), 0, length))) {
            lines.release();
            reportDropped(true);
        } else {
            lines.clear();
            dropped += lineCount;
            reportDropped(false);
        }
        lineCount = 0;
    }

    /** Tells of dropped lines when that is over; every minute, if it goes on. */
    private void reportDropped(boolean over) {
        long now = System.nanoTime();
        if (dropped > 0 && (over || now - reportedNanos > REPORT_NANOS)) {
            LOG.log(Level.WARNING, "the access log is written too slowly: " + dropped + " lines were dropped");
            dropped = 0;
        }
        if (dropped == 0) {
            reportedNanos = now;
        }
    }

    /** Hands over what there is, so that no line waits long. */
    @Override
    public void tick(long nowNanos) {
        if (lineCount > 0) {
            handOver();
        }
    }

    /** The file was moved away: what follows goes to a new one of its name. */
    public void reopen() {
        file.reopen();
        if (lineCount > 0) {
            handOver();
        } else {
            // So that the new file is there at once.
            writer.offer(ByteBuffer.allocate(0));
        }
    }

    /** Writes the rest, once the event loop has ended. */
    public void close() throws InterruptedException {
        tick(System.nanoTime());
        reportDropped(true);
        if (!writer.close(CLOSE_MILLIS)) {
            file.giveUp();
            LOG.log(Level.WARNING, "the access log is written too slowly: its last lines were dropped");
        }
        try {
            file.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot close the access log", e);
        }
    }
}
