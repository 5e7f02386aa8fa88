package dev.waitress.exchange;

import dev.waitress.http.Ascii;
import dev.waitress.http.ByteArrays;
import dev.waitress.http.Protocol;
import dev.waitress.http.RequestHead;
import dev.waitress.http.Syntax;
import dev.waitress.proxy.Forwarding;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import dev.waitress.trace.TraceContext;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a request's environ that change from request to request (PEP 3333, "environ Variables"), the same
 * for Python and for Java applications. Text is one byte per character (latin-1). One thread at a time.
 */
public final class Environ {
    /** Receives the variables, the last value of each counts; the arrays are valid during the call only. */
    @FunctionalInterface
    public interface Sink {
        void put(byte[] key, int keyEnd, byte[] value, int valueStart, int valueEnd);
    }

    private static final byte[] REQUEST_METHOD = Ascii.bytes("REQUEST_METHOD");
    private static final byte[] PATH_INFO = Ascii.bytes("PATH_INFO");
    private static final byte[] QUERY_STRING = Ascii.bytes("QUERY_STRING");
    private static final byte[] REQUEST_URI = Ascii.bytes("REQUEST_URI");
    private static final byte[] CONTENT_TYPE = Ascii.bytes("CONTENT_TYPE");
    private static final byte[] CONTENT_LENGTH = Ascii.bytes("CONTENT_LENGTH");
    private static final byte[] SERVER_PROTOCOL = Ascii.bytes("SERVER_PROTOCOL");
    private static final byte[] SERVER_PORT = Ascii.bytes("SERVER_PORT");
    private static final byte[] REMOTE_ADDR = Ascii.bytes("REMOTE_ADDR");
    private static final byte[] REMOTE_HOST = Ascii.bytes("REMOTE_HOST");
    private static final byte[] REMOTE_PORT = Ascii.bytes("REMOTE_PORT");
    private static final byte[] HTTP_HOST = Ascii.bytes("HTTP_HOST");
    private static final byte[] SERVER_NAME = Ascii.bytes("SERVER_NAME");
    private static final byte[] URL_SCHEME = Ascii.bytes("wsgi.url_scheme");
    private static final byte[] HTTPS = Ascii.bytes("HTTPS");
    private static final byte[] OFF = Ascii.bytes("off");
    private static final byte[] REQUEST_ID = Ascii.bytes("waitress.request_id");
    private static final byte[] TRACE_ID = Ascii.bytes("waitress.trace_id");
    private static final byte[] TRACE_PARENT = Ascii.bytes("HTTP_TRACEPARENT");
    private static final byte[] TRACE_STATE = Ascii.bytes("HTTP_TRACESTATE");
    private static final byte[] HTTP_1_0 = Ascii.bytes("HTTP/1.0");
    private static final byte[] HTTP_1_1 = Ascii.bytes("HTTP/1.1");
    /** With a minor version, which it has not: applications divide the name at its dot. */
    private static final byte[] HTTP_2 = Ascii.bytes("HTTP/2.0");

    private static final byte[] NOTHING = {};
    private static final byte[] COMMA = {',', ' '};
    /** RFC 9110 §5.3 and RFC 6265 §5.4: a comma would end a cookie's value. */
    private static final byte[] SEMICOLON = {';', ' '};

    private static final int HTTP_PREFIX = 5;

    private final PathInfo path;
    private final byte[] serverName;
    /** Of most requests, and so among the constants. */
    private final byte[] urlScheme;

    private byte[] key = Ascii.bytes("HTTP_" + " ".repeat(59));
    private byte[] scratch = new byte[1024];

    public Environ(Settings settings) {
        path = new PathInfo(settings.get(Setting.URL_PREFIX));
        serverName = Ascii.bytes(settings.get(Setting.SERVER_NAME));
        urlScheme = Ascii.bytes(settings.usualScheme());
    }

    /**
     * The variables that {@link #write} leaves out because they are the same for most requests; what it writes counts.
     */
    public static Map<String, String> constants(Settings settings) {
        Map<String, String> constants = new HashMap<>();
        constants.put("SCRIPT_NAME", settings.get(Setting.URL_PREFIX));
        constants.put("SERVER_SOFTWARE", settings.get(Setting.IDENT));
        constants.put("SERVER_NAME", settings.get(Setting.SERVER_NAME));
        constants.put("wsgi.url_scheme", settings.usualScheme());
        return constants;
    }

    /** Hands the sink every variable but the {@linkplain #constants constants} that hold for this request too. */
    public void write(Request request, Sink sink) {
        writeShared(request, sink);
        writeOwn(request, sink);
    }

    /**
     * The variables that a client's next requests are likely to have too. All that they depend on is part of the
     * request's {@link EnvironKey}.
     */
    public void writeShared(Request request, Sink sink) {
        RequestHead head = request.head();
        ServerEnd server = request.peer().server;
        put(sink, REQUEST_METHOD, head.bytes(), head.methodStart(), head.methodEnd());
        put(sink, QUERY_STRING, NOTHING);
        put(sink, SERVER_PROTOCOL, protocol(head.protocol()));
        putClient(sink, request.peer().remoteAddressBytes);
        put(sink, SERVER_PORT, server.portBytes);
        if (!Arrays.equals(server.schemeBytes, urlScheme)) {
            putServer(sink, serverName, server.schemeBytes);
        }
        Facts facts = request.peer().facts;
        for (int i = 0; i < facts.count(); i++) {
            put(sink, facts.name(i), facts.value(i));
        }
        for (int field = 0; field < head.fieldCount(); field++) {
            if (!head.isRepeated(field) && !OwnFields.has(head, field)) {
                writeField(head, field, sink);
            }
        }
    }

    /** The others; of those that both write, these count. */
    public void writeOwn(Request request, Sink sink) {
        RequestHead head = request.head();
        byte[] bytes = head.bytes();
        Forwarding forwarding = request.forwarding();
        path.find(head);
        put(sink, PATH_INFO, path.bytes(), path.start(), path.end());
        put(sink, REQUEST_URI, bytes, head.targetStart(), head.targetEnd());
        if (head.queryStart() < head.queryEnd()) {
            put(sink, QUERY_STRING, bytes, head.queryStart(), head.queryEnd());
        }
        byte[] port = either(forwarding.remotePort(), request.peer().remotePortBytes);
        if (port.length > 0) {
            put(sink, REMOTE_PORT, port);
        }
        writeOwnFields(head, forwarding, request.id().trace(), sink);
        if (head.hasAuthority()) {
            put(sink, HTTP_HOST, bytes, head.authorityStart(), head.authorityEnd());
        }
        if (head.isChunked()) {
            put(sink, CONTENT_LENGTH, Ascii.bytes(Long.toString(request.body().size())));
        }
        byte[] id = request.id().text();
        if (id.length > 0) {
            put(sink, REQUEST_ID, id);
        }
        if (forwarding != Forwarding.NONE) {
            writeForwarding(request.peer().server, forwarding, sink);
        }
    }

    private void writeOwnFields(RequestHead head, Forwarding forwarding, @Nullable TraceContext trace, Sink sink) {
        for (int field = 0; field < head.fieldCount(); field++) {
            if (OwnFields.has(head, field)
                    && !head.isRepeated(field)
                    && !forwarding.hides(field)
                    && (trace == null || !isOfTrace(head, field))) {
                writeField(head, field, sink);
            }
        }
        if (trace != null) {
            writeTrace(trace, sink);
        }
    }

    private static boolean isOfTrace(RequestHead head, int field) {
        return head.isField(field, "traceparent") || head.isField(field, "tracestate");
    }

    /** By the names under which what instruments applications looks for what the client has sent. */
    private static void writeTrace(TraceContext trace, Sink sink) {
        put(sink, TRACE_ID, trace.traceId());
        put(sink, TRACE_PARENT, trace.traceParent());
        if (trace.traceState().length > 0) {
            put(sink, TRACE_STATE, trace.traceState());
        }
    }

    private static byte[] protocol(Protocol protocol) {
        return switch (protocol) {
            case HTTP_1_0 -> HTTP_1_0;
            case HTTP_1_1 -> HTTP_1_1;
            case HTTP_2 -> HTTP_2;
        };
    }

    private static void put(Sink sink, byte[] name, byte[] value) {
        sink.put(name, name.length, value, 0, value.length);
    }

    private static void put(Sink sink, byte[] name, byte[] bytes, int start, int end) {
        sink.put(name, name.length, bytes, start, end);
    }

    private static void putClient(Sink sink, byte[] address) {
        put(sink, REMOTE_ADDR, address);
        put(sink, REMOTE_HOST, address);
    }

    /** Both or neither: workers look for one of them only. */
    private static void putServer(Sink sink, byte[] name, byte[] scheme) {
        put(sink, SERVER_NAME, name);
        put(sink, URL_SCHEME, scheme);
    }

    private void writeForwarding(ServerEnd server, Forwarding forwarding, Sink sink) {
        if (forwarding.remoteAddress() != null) {
            putClient(sink, Ascii.bytes(forwarding.remoteAddress()));
        }
        put(sink, SERVER_PORT, either(forwarding.serverPort(), server.portBytes));
        putServer(sink, either(forwarding.serverName(), serverName), either(forwarding.scheme(), server.schemeBytes));
        forwarding.forEachShortened((header, value) -> put(sink, Ascii.bytes(header.variable()), Ascii.bytes(value)));
        if (forwarding.host() != null) {
            put(sink, HTTP_HOST, Ascii.bytes(forwarding.host()));
        }
        if (server.isEncrypted() && "http".equals(forwarding.scheme())) {
            put(sink, HTTPS, OFF);
        }
    }

    private static byte[] either(@Nullable String forwarded, byte[] own) {
        return forwarded == null ? own : Ascii.bytes(forwarded);
    }

    private void writeField(RequestHead head, int field, Sink sink) {
        if (head.isField(field, "content-length")) {
            if (!head.isChunked()) {
                writeLength(head, field, sink);
            }
        } else if (head.isField(field, "content-type")) {
            put(sink, CONTENT_TYPE, head.bytes(), head.valueStart(field), head.valueEnd(field));
        } else if (!head.isField(field, "transfer-encoding")) {
            writeOther(head, field, composeKey(head, field), sink);
        }
    }

    private static void writeLength(RequestHead head, int field, Sink sink) {
        byte[] bytes = head.bytes();
        int end = head.valueEnd(field);
        put(sink, CONTENT_LENGTH, bytes, Syntax.skipNeedlessZeros(bytes, head.valueStart(field), end), end);
    }

    /** Composes {@code HTTP_NAME} and returns its length. */
    private int composeKey(RequestHead head, int field) {
        int start = head.nameStart(field);
        int length = head.nameEnd(field) - start;
        key = ByteArrays.withRoom(key, HTTP_PREFIX + length);
        byte[] bytes = head.bytes();
        for (int i = 0; i < length; i++) {
            byte b = bytes[start + i];
            key[HTTP_PREFIX + i] = b == '-' ? (byte) '_' : b >= 'a' && b <= 'z' ? (byte) (b - 0x20) : b;
        }
        return HTTP_PREFIX + length;
    }

    private void writeOther(RequestHead head, int field, int keyEnd, Sink sink) {
        if (head.nextOfName(field) < 0) {
            sink.put(key, keyEnd, head.bytes(), head.valueStart(field), head.valueEnd(field));
            return;
        }
        byte[] separator = head.isField(field, "cookie") ? SEMICOLON : COMMA;
        int length = 0;
        for (int each = field; each >= 0; each = head.nextOfName(each)) {
            if (each != field) {
                length = append(length, separator, 0, separator.length);
            }
            length = append(length, head.bytes(), head.valueStart(each), head.valueEnd(each));
        }
        sink.put(key, keyEnd, scratch, 0, length);
    }

    private int append(int length, byte[] bytes, int start, int end) {
        room(length + end - start);
        System.arraycopy(bytes, start, scratch, length, end - start);
        return length + end - start;
    }

    private void room(int size) {
        scratch = ByteArrays.withRoom(scratch, size);
    }
}
