package dev.waitress.log;

import dev.waitress.exchange.Refusal;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.RequestObserver;
import dev.waitress.exchange.ResponseObserver;
import dev.waitress.http.RequestHead;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.settings.SettingsException;
import java.io.IOException;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A line for every request. Event loop only, but for {@link #open} and {@link #close}. */
public final class AccessLog implements RequestObserver {
    /** With {@link #LARGEST_SPARE_BYTES}: 2 MiB, and 128 KiB for requests of the usual size. */
    private static final int MOST_SPARE = 256;

    private static final int LARGEST_SPARE_BYTES = 8 * 1024;

    private final AccessFormat format;
    private final AccessFilter filter;
    private final LogQueue lines;
    private final Deque<AccessEntry> spare = new ArrayDeque<>();

    private AccessLog(AccessFormat format, AccessFilter filter, LogQueue lines) {
        this.format = format;
        this.filter = filter;
        this.lines = lines;
    }

    /** The same for another loop: its lines go to the same file. To be closed before this one. */
    public AccessLog another(Settings settings) {
        return new AccessLog(format(settings), filter(settings), lines.another());
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
            checkUnused(settings);
            return null;
        }
        AccessFormat format = format(settings);
        AccessFilter filter = filter(settings);
        try {
            return new AccessLog(format, filter, new LogQueue(format, new AccessFile(name)));
        } catch (IOException e) {
            throw cannotOpen(e);
        }
    }

    /**
     * Fails as {@link #open} would, and leaves the file as it is.
     *
     * @throws IOException if the file could not be opened
     * @throws SettingsException if the format is none
     */
    public static void check(Settings settings) throws IOException {
        format(settings);
        filter(settings);
        String name = settings.get(Setting.ACCESS_LOG);
        if (!name.isEmpty()) {
            try {
                AccessFile.check(name);
            } catch (IOException e) {
                throw cannotOpen(e);
            }
        }
    }

    /** What is wrong is said though nothing is written; usual values are not looked at, which takes part of a start. */
    private static void checkUnused(Settings settings) {
        if (settings.isGiven(Setting.ACCESS_LOG_FORMAT)) {
            format(settings);
        }
        if (settings.isGiven(Setting.ACCESS_LOG_FILTER)) {
            filter(settings);
        }
    }

    private static AccessFormat format(Settings settings) {
        try {
            return AccessFormat.parse(
                    settings.get(Setting.ACCESS_LOG_FORMAT), ZoneId.systemDefault(), settings.get(Setting.TRACE));
        } catch (IllegalArgumentException e) {
            throw new SettingsException("access_log_format: " + e.getMessage());
        }
    }

    private static AccessFilter filter(Settings settings) {
        return AccessFilter.parse(settings.get(Setting.ACCESS_LOG_FILTER));
    }

    private static IOException cannotOpen(IOException reason) {
        return new IOException("cannot open the access log: " + reason.getMessage(), reason);
    }

    @Override
    public ResponseObserver accepted(Request request) {
        return filter.wants(request.head()) ? take().begin(request) : ResponseObserver.NONE;
    }

    @Override
    public void refused(Refusal refusal) {
        if (filter.wants((RequestHead) null)) {
            take().refused(refusal);
        }
    }

    private AccessEntry take() {
        AccessEntry entry = spare.pollLast();
        return entry == null ? new AccessEntry(this, format) : entry;
    }

    /** Takes back an entry whose line was written. */
    void recycle(AccessEntry entry) {
        if (spare.size() < MOST_SPARE && entry.capacity() <= LARGEST_SPARE_BYTES) {
            spare.addLast(entry);
        }
    }

    /** Whether an answer of this status has its line. */
    boolean shows(int status) {
        return filter.wants(status);
    }

    LogQueue lines() {
        return lines;
    }

    /** Lines that found no room, because the file is written too slowly. */
    public long dropped() {
        return lines.dropped();
    }

    @Override
    public void tick(long nowNanos) {
        lines.tick();
    }

    /** The file was moved away: what follows goes to a new one of its name. */
    public void reopen() {
        lines.reopen();
    }

    /** Hands over the rest, once the event loop has ended; the last one to be closed writes it. */
    public void close() throws InterruptedException {
        lines.close();
    }
}
