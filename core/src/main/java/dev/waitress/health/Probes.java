package dev.waitress.health;

import dev.waitress.http.Ascii;
import dev.waitress.http.RequestHead;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are about the server itself: those whose path is spelt exactly so. Another spelling of it, with an
 * escape or one slash more, is the application's: a proxy that keeps these paths from strangers need not know all of
 * them.
 */
public final class Probes {
    /** What is asked. */
    enum Probe {
        LIVE,
        READY
    }

    private final byte[] live;
    private final byte[] ready;

    public Probes(Settings settings) {
        live = Ascii.bytes(settings.get(Setting.HEALTH_PATH) + "/live");
        ready = Ascii.bytes(settings.get(Setting.HEALTH_PATH) + "/ready");
    }

    /** What this request asks; null if it is about something else. */
    @Nullable
    Probe find(RequestHead head) {
        if (hasPath(head, live)) {
            return Probe.LIVE;
        }
        return hasPath(head, ready) ? Probe.READY : null;
    }

    private static boolean hasPath(RequestHead head, byte[] path) {
        return Arrays.equals(head.bytes(), head.pathStart(), head.pathEnd(), path, 0, path.length);
    }
}
