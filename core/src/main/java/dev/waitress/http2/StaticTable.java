package dev.waitress.http2;

import dev.waitress.http.Ascii;
import java.util.HashMap;
import java.util.Map;

/** The fields that both sides know from the beginning. RFC 7541 appendix A. */
final class StaticTable {
    private static final String[] FIELDS = {
        ":authority",
        ":method: GET",
        ":method: POST",
        ":path: /",
        ":path: /index.html",
        ":scheme: http",
        ":scheme: https",
        ":status: 200",
        ":status: 204",
        ":status: 206",
        ":status: 304",
        ":status: 400",
        ":status: 404",
        ":status: 500",
        "accept-charset",
        "accept-encoding: gzip, deflate",
        "accept-language",
        "accept-ranges",
        "accept",
        "access-control-allow-origin",
        "age",
        "allow",
        "authorization",
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-location",
        "content-range",
        "content-type",
        "cookie",
        "date",
        "etag",
        "expect",
        "expires",
        "from",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "last-modified",
        "link",
        "location",
        "max-forwards",
        "proxy-authenticate",
        "proxy-authorization",
        "range",
        "referer",
        "refresh",
        "retry-after",
        "server",
        "set-cookie",
        "strict-transport-security",
        "transfer-encoding",
        "user-agent",
        "vary",
        "via",
        "www-authenticate"
    };

    static final int SIZE = FIELDS.length;

    /** Where the status comes first. */
    static final int STATUS = 8;

    private static final int LAST_STATUS = 14;

    private static final Entry[] ENTRIES = entries();
    private static final int[] STATUSES = statuses();

    private StaticTable() {}

    /** One field of a table. */
    static final class Entry {
        /** Name, then value. */
        final byte[] bytes;

        final int nameLength;

        Entry(byte[] bytes, int nameLength) {
            this.bytes = bytes;
            this.nameLength = nameLength;
        }

        /** RFC 7541 §4.1. */
        int size() {
            return bytes.length + OVERHEAD;
        }
    }

    /** What every field of a table or a list counts beyond its bytes. RFC 7541 §4.1, RFC 9113 §10.5.1. */
    static final int OVERHEAD = 32;

    private static Entry[] entries() {
        Entry[] entries = new Entry[SIZE];
        for (int i = 0; i < SIZE; i++) {
            int divider = FIELDS[i].indexOf(": ", 1);
            String name = divider < 0 ? FIELDS[i] : FIELDS[i].substring(0, divider);
            String value = divider < 0 ? "" : FIELDS[i].substring(divider + 2);
            entries[i] = new Entry(Ascii.bytes(name + value), name.length());
        }
        return entries;
    }

    private static int[] statuses() {
        int[] statuses = new int[LAST_STATUS - STATUS + 1];
        for (int i = 0; i < statuses.length; i++) {
            statuses[i] = Integer.parseInt(FIELDS[STATUS - 1 + i].substring(":status: ".length()));
        }
        return statuses;
    }

    /** An entry, from 1 on. */
    static Entry entry(int index) {
        return ENTRIES[index - 1];
    }

    /** The index of a status; 0 if there is none. */
    static int indexOfStatus(int code) {
        for (int i = 0; i < STATUSES.length; i++) {
            if (STATUSES[i] == code) {
                return STATUS + i;
            }
        }
        return 0;
    }

    /** The first index of every name. */
    static Map<String, Integer> names() {
        Map<String, Integer> names = new HashMap<>();
        for (int i = 1; i <= SIZE; i++) {
            Entry entry = entry(i);
            names.putIfAbsent(Ascii.text(entry.bytes).substring(0, entry.nameLength), i);
        }
        return names;
    }
}
