package dev.waitress.exchange;

import dev.waitress.proxy.TrustedProxy;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a request has been on its way in the proxies before this server, as a trusted one says: in a field such as
 * {@code X-Request-Start}, whose value is a time since 1970 in seconds, milliseconds, microseconds or nanoseconds,
 * which its size tells, perhaps behind {@code t=}. Thread-safe.
 */
public final class QueueStart {
    /** Nobody says it. */
    public static final QueueStart NONE = new QueueStart(Settings.defaults(), () -> 0);

    private static final Pattern TIME = Pattern.compile("(?:t=)?(\\d{9,19}(?:\\.\\d{1,9})?)");

    /** What is more in seconds is milliseconds, and so on: each lasts until the year 5138. */
    private static final double MOST_SECONDS = 1e11;

    private static final double THOUSAND = 1000;

    /** Whoever says more has another clock than we. */
    private static final double MOST_WAITED_SECONDS = TimeUnit.HOURS.toSeconds(1);

    private final String field;
    private final TrustedProxy proxies;
    private final LongSupplier wallMillis;

    /**
     * As the settings have it; keys {@code queue_start_header} and {@code trusted_proxy}.
     *
     * @param wallMillis milliseconds since 1970
     */
    public QueueStart(Settings settings, LongSupplier wallMillis) {
        this.field = settings.get(Setting.QUEUE_START_HEADER).toLowerCase(Locale.ROOT);
        this.proxies = new TrustedProxy(settings);
        this.wallMillis = wallMillis;
    }

    /** Nanoseconds from then until now; 0 if nobody says it who may, or what is said makes no sense. */
    public long waitedNanos(Request request) {
        if (field.isEmpty() || !proxies.trusts(request.peer().hopAddress())) {
            return 0;
        }
        Matcher time = TIME.matcher(request.head().value(field));
        if (!time.matches()) {
            return 0;
        }
        double seconds = Double.parseDouble(time.group(1));
        while (seconds > MOST_SECONDS) {
            seconds /= THOUSAND;
        }
        double waited = wallMillis.getAsLong() / THOUSAND - seconds;
        return waited > 0 && waited <= MOST_WAITED_SECONDS ? (long) (waited * TimeUnit.SECONDS.toNanos(1)) : 0;
    }
}
