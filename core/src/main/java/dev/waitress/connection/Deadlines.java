package dev.waitress.connection;

import dev.waitress.http.Rule;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How slowly a client may send a request, so that one byte now and then does not hold a connection for ever.
 *
 * @param headNanos time for the whole head, from its first byte on; 0 for no limit
 * @param bodyBytesPerSecond least average rate of a body, once {@link #GRACE_NANOS} are over; 0 for no limit
 * @param handshakeNanos time for a handshake, from the connection on
 */
record Deadlines(long headNanos, long bodyBytesPerSecond, long handshakeNanos) {
    static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

    static Deadlines of(Settings settings) {
        return new Deadlines(
                TimeUnit.SECONDS.toNanos(settings.get(Setting.REQUEST_HEAD_TIMEOUT)),
                settings.get(Setting.REQUEST_BODY_MIN_RATE),
                TimeUnit.SECONDS.toNanos(settings.get(Setting.TLS_HANDSHAKE_TIMEOUT)));
    }

    /** Whether a handshake takes too long that has taken so long. */
    boolean isBrokenByHandshake(long elapsedNanos) {
        return elapsedNanos > handshakeNanos;
    }

    /** The rule that a head breaks which began so long ago and is not complete. */
    @Nullable
    Rule brokenByHead(long elapsedNanos) {
        return headNanos > 0 && elapsedNanos > headNanos ? Rule.HEAD_TOO_SLOW : null;
    }

    /** The rule that a body breaks of which so much has come in this time. */
    @Nullable
    Rule brokenByBody(long elapsedNanos, long receivedBytes) {
        boolean slow = elapsedNanos > GRACE_NANOS
                && receivedBytes < bodyBytesPerSecond * (double) elapsedNanos / TimeUnit.SECONDS.toNanos(1);
        return slow ? Rule.BODY_TOO_SLOW : null;
    }
}
