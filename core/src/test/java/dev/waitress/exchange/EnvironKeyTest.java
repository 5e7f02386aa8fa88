package dev.waitress.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.http.RequestHead;
import dev.waitress.proxy.Forwarding;
import dev.waitress.settings.Settings;
import dev.waitress.testkit.Heads;
import dev.waitress.testkit.Property;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests with the same key have the same part of their environs in common. */
class EnvironKeyTest {
    private static final int CASES = 5000;

    private static final Environ ENVIRON = new Environ(Settings.defaults());

    private static byte[] key(Request request) {
        EnvironKey key = new EnvironKey().of(request);
        return Arrays.copyOf(key.bytes(), key.length());
    }

    private static Environ.Sink into(Map<String, String> environ) {
        return (key, keyEnd, value, start, end) -> environ.put(
                new String(key, 0, keyEnd, StandardCharsets.ISO_8859_1),
                new String(value, start, end - start, StandardCharsets.ISO_8859_1));
    }

    private static Map<String, String> shared(Request request) {
        Map<String, String> environ = new TreeMap<>();
        ENVIRON.writeShared(request, into(environ));
        return environ;
    }

    private static Map<String, String> whole(Request request) {
        Map<String, String> environ = new TreeMap<>();
        ENVIRON.write(request, into(environ));
        return environ;
    }

    /** One whose own parts are chosen by other dice than what it may share. */
    private static Request any(SplittableRandom random, SplittableRandom own) {
        StringBuilder head = new StringBuilder(Property.oneOf(random, "GET", "GET", "HEAD", "POST"))
                .append(' ')
                .append(Property.oneOf(own, "/", "/a%20b", "/?q=1", "http://else/"))
                .append(Property.oneOf(random, " HTTP/1.1\r\n", " HTTP/1.1\r\n", " HTTP/1.0\r\n"))
                .append("Host: h\r\n")
                .append(Property.oneOf(own, "", "Referer: /y\r\n", "X-Request-Id: 5\r\n"));
        for (int i = random.nextInt(3); i > 0; i--) {
            head.append(Property.oneOf(
                    random,
                    "Cookie: a=b\r\n",
                    "Referer: /x\r\n",
                    "X_Hidden: y\r\n",
                    "X-Forwarded-For: 1.2.3.4\r\n",
                    "X-A: 1\r\n",
                    "X-A:1\r\n"));
        }
        ServerEnd server = new ServerEnd(Property.oneOf(random, "http", "https"), Property.oneOf(random, "80", "8080"));
        Peer plain =
                new Peer(Property.oneOf(random, "10.0.0.1", "10.0.0.2"), Property.oneOf(own, "1", "2", ""), server);
        Peer peer = switch (random.nextInt(4)) {
            case 0 -> plain.over(Map.of("SSL_CLIENT_S_DN", "CN=one"));
            case 1 -> plain.over(Map.of("SSL_CLIENT_S_DN", "CN=other"));
            default -> plain;
        };
        return new Request(Heads.parse(head + "\r\n"), BodyBuffer.EMPTY, peer, Forwarding.NONE);
    }

    @Test
    void isAllThatTheSharedPartIsMadeOf() {
        int[] alike = {0};
        Property.holds(CASES, random -> {
            long seed = random.nextLong();
            Request one = any(new SplittableRandom(seed), random);
            Request other = any(random.nextBoolean() ? new SplittableRandom(seed) : random, random);
            if (Arrays.equals(key(one), key(other))) {
                alike[0]++;
                assertThat(shared(other)).isEqualTo(shared(one));
                Map<String, String> together = shared(one);
                ENVIRON.writeOwn(other, into(together));
                assertThat(together).isEqualTo(whole(other));
            }
        });
        assertThat(alike[0]).isGreaterThan(CASES / 4);
    }

    private static Request get(String path, String fields) {
        return Requests.parse("GET " + path + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
    }

    /** What changes from request to request though the client is the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Range: bytes=0-5\r\n",
                "Referer: /before\r\n",
                "If-Match: \"a\"\r\n",
                "If-Range: \"a\"\r\n",
                "If-None-Match: \"a\"\r\n",
                "IF-MODIFIED-SINCE: Mon, 01 Jan 2024 00:00:00 GMT\r\n",
                "X-Request-ID: 5\r\n",
                "X-Correlation-Id: 5\r\n",
                "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n",
                "tracestate: a=b\r\n",
                "X-Real-IP: 1.2.3.4\r\n",
                "X-Request-Start: t=1\r\n",
                "X-Queue-Start: t=1\r\n",
                "Forwarded: for=1.2.3.4\r\n",
                "X-Forwarded-For: 1.2.3.4\r\n",
                "X-Forwarded-Proto: https\r\n",
                "X-Forwarded-Host: h\r\n",
                "X-Forwarded-Port: 1\r\n",
                "X-Forwarded-By: h\r\n",
            })
    void isTheSameWhereOnlySuchAFieldDiffers(String field) {
        assertThat(key(get("/b?c", "Accept: a\r\n" + field + "Cookie: a=b\r\n")))
                .isEqualTo(key(get("/", "Accept: a\r\nCookie: a=b\r\n")));
        assertThat(shared(get("/", field))).isEqualTo(shared(get("/", "")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Cookie: a=b\r\n",
                "Authorization: Basic YTpi\r\n",
                "Accept: a\r\n",
                "X-Forwarded: a\r\n",
                "X-Forwarded-: a\r\n",
                "Ranges: a\r\n",
            })
    void isAnotherWhereAnotherFieldDiffers(String field) {
        assertThat(key(get("/", field))).isNotEqualTo(key(get("/", "")));
        assertThat(shared(get("/", field))).isNotEqualTo(shared(get("/", "")));
    }

    /** Nobody is taken for another one because both have asked for the same. */
    @Test
    void isAnotherForAnotherCertificateOfTheClient() {
        Peer plain = new Peer("10.0.0.1", "1", ServerEnd.encrypted("443", ""));
        Request one = of(plain.over(Map.of("SSL_CLIENT_S_DN", "CN=one")));
        assertThat(key(of(plain.over(Map.of("SSL_CLIENT_S_DN", "CN=one"))))).isEqualTo(key(one));
        assertThat(key(of(plain.over(Map.of("SSL_CLIENT_S_DN", "CN=other"))))).isNotEqualTo(key(one));
        assertThat(key(of(plain))).isNotEqualTo(key(one));
    }

    private static Request of(Peer peer) {
        return new Request(Heads.parse("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), BodyBuffer.EMPTY, peer, Forwarding.NONE);
    }

    @Test
    void growsWithTheRequest() {
        String large = "x".repeat(10_000);
        assertThat(key(get("/", "X-A: " + large + "\r\n"))).hasSizeGreaterThan(large.length());
    }

    /** Fields in lower case, as HTTP/2 has them, may come in HTTP/1.1 too. */
    @Test
    void isAnotherInHttp2() {
        Request http1 = request(Heads.parse("GET / HTTP/1.1\r\nhost: a\r\n\r\n"));
        Request http2 = request(Heads.http2(":method", "GET", ":scheme", "http", ":path", "/", "host", "a"));
        assertThat(shared(http2)).containsEntry("SERVER_PROTOCOL", "HTTP/2.0");
        assertThat(key(http2)).isNotEqualTo(key(http1));
    }

    private static Request request(RequestHead head) {
        Peer peer = new Peer("10.0.0.1", "1", new ServerEnd("http", "80"));
        return new Request(head, BodyBuffer.EMPTY, peer, Forwarding.NONE);
    }
}
