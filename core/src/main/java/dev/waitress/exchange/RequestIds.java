package dev.waitress.exchange;

import dev.waitress.http.Ascii;
import dev.waitress.http.RequestHead;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.trace.Traces;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names requests and finds their traces, if the settings want it so: as a trusted proxy has them, or anew. Event loop
 * only.
 */
public final class RequestIds {
    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9._~:/+=@-]{1,128}");
    private static final int PREFIX_BYTES = 6;

    private static final byte[] NOTHING = {};

    private final boolean wanted;
    private final @Nullable Traces traces;
    private final byte[] header;
    private final String lowerCaseHeader;
    /** Tells the ids of this server from those of another, or of its own before. */
    private final byte[] prefix;

    private final boolean proxySpeaksHttp;

    private long count;

    public RequestIds(Settings settings) {
        wanted = settings.get(Setting.REQUEST_ID) || areLogged(settings);
        traces = Traces.of(settings);
        header = Ascii.bytes(settings.get(Setting.REQUEST_ID_HEADER));
        lowerCaseHeader = settings.get(Setting.REQUEST_ID_HEADER).toLowerCase(Locale.ROOT);
        byte[] random = new byte[PREFIX_BYTES];
        if (wanted) {
            new SecureRandom().nextBytes(random);
        }
        proxySpeaksHttp = settings.trustedProxySpeaksHttp();
        prefix = Ascii.bytes(HexFormat.of().formatHex(random) + "-");
    }

    /** Whether lines of the access log show them: those of "combined" do not, and an id costs 3 % of hello. */
    private static boolean areLogged(Settings settings) {
        String format = settings.get(Setting.ACCESS_LOG_FORMAT);
        return !settings.get(Setting.ACCESS_LOG).isEmpty() && (format.equals("json") || format.contains("%{id}x"));
    }

    /** The id of a request; of one that a trusted proxy sent, the proxy's if it is one. The same for its trace. */
    public RequestId next(RequestHead head, boolean peerIsTrusted) {
        if (!wanted && traces == null) {
            return RequestId.NONE;
        }
        boolean isBelieved = peerIsTrusted && proxySpeaksHttp;
        return new RequestId(
                header,
                lowerCaseHeader,
                wanted ? text(head, isBelieved) : NOTHING,
                traces == null ? null : traces.next(head, isBelieved));
    }

    private byte[] text(RequestHead head, boolean isBelieved) {
        String given = isBelieved ? head.value(lowerCaseHeader) : "";
        boolean isOne = !given.isEmpty() && VALID.matcher(given).matches();
        return isOne ? Ascii.bytes(given) : make();
    }

    /** The id of a request that has no head, and no trace. */
    public RequestId next() {
        return wanted ? new RequestId(header, lowerCaseHeader, make(), null) : RequestId.NONE;
    }

    private byte[] make() {
        long number = ++count;
        int digits = (Long.SIZE + 3 - Long.numberOfLeadingZeros(number)) / 4;
        byte[] id = Arrays.copyOf(prefix, prefix.length + digits);
        for (int i = id.length - 1; i >= prefix.length; i--) {
            id[i] = (byte) Character.forDigit((int) number & 0xF, 16);
            number >>>= 4;
        }
        return id;
    }
}
