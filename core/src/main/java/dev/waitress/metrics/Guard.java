package dev.waitress.metrics;

import dev.waitress.http.Ascii;
import dev.waitress.http.HostText;
import dev.waitress.http.RequestHead;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Who may see what at the addresses for metrics, and who may give orders there. Event loop only. */
public final class Guard {
    /** A page of another origin cannot set it without being asked for permission first, which it does not get. */
    static final String ORDER_FIELD = "x-waitress-order";

    private static final Pattern LOOPBACK_NAME =
            Pattern.compile("(?:.+\\.)?localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1]");

    private static final String BEARER = "bearer ";

    private final boolean isLocal;
    private final Set<String> names;
    private final byte[] token;
    private final boolean takesOrders;

    /**
     * A guard.
     *
     * @param isLocal whether only users of this machine can connect, and what runs in their browsers
     * @param names hosts of the addresses, in lower case; by these loopback ones are spoken to as well
     * @param token for what is not for everybody; empty where nobody has one; key {@code admin_token}
     * @param takesOrders key {@code admin_actions}
     */
    public Guard(boolean isLocal, Set<String> names, String token, boolean takesOrders) {
        this.isLocal = isLocal;
        this.names = Set.copyOf(names);
        this.token = token.isEmpty() ? new byte[0] : digest(token);
        this.takesOrders = takesOrders;
    }

    /**
     * Whether it is meant for us: a name of a stranger that is made to lead to this machine lets his pages read what
     * others can not.
     */
    boolean admits(RequestHead head) {
        if (!isLocal) {
            return true;
        }
        String host = HostText.of(head.host()).host().toLowerCase(Locale.ROOT);
        // No browser leaves it out.
        return host.isEmpty()
                || names.contains(host)
                || LOOPBACK_NAME.matcher(host).matches();
    }

    /** Whether a token is of use. */
    boolean asksForToken() {
        return !isLocal && token.length > 0;
    }

    /** Whether query strings and tracebacks are shown. */
    boolean tellsAll(RequestHead head) {
        return isLocal || hasToken(head);
    }

    /** In a time that does not depend on how much of it is right. */
    private boolean hasToken(RequestHead head) {
        String credentials = head.value("authorization");
        boolean isBearer = credentials.toLowerCase(Locale.ROOT).startsWith(BEARER);
        return token.length > 0
                && isBearer
                && MessageDigest.isEqual(
                        token, digest(credentials.substring(BEARER.length()).strip()));
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(Ascii.bytes(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** Whether anybody may give orders. */
    boolean takesOrders() {
        return takesOrders;
    }

    /** Whether this order comes from our page, or from a program, and from somebody who may give it. */
    boolean mayOrder(RequestHead head, String order) {
        String origin = head.value("origin");
        String site = head.value("sec-fetch-site");
        return tellsAll(head)
                && head.value(ORDER_FIELD).equals(order)
                && (site.isEmpty() || site.equals("same-origin"))
                && (origin.isEmpty() || isOwn(origin, head.host()));
    }

    private static boolean isOwn(String origin, String authority) {
        return origin.equalsIgnoreCase("http://" + authority) || origin.equalsIgnoreCase("https://" + authority);
    }
}
